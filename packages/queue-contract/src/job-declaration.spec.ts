import { declarationProblem, payloadSchema, resultType, type JobDeclaration } from './job-declaration.js';
import type { StandardSchema } from './standard-schema.js';

const standard: StandardSchema['~standard'] = {
  version: 1,
  vendor: 'spec',
  validate: (value) => ({ value }),
};
const schema: StandardSchema = { '~standard': standard };
/** Some libraries make functions of their schemas. */
const callable: StandardSchema = Object.assign(() => true, { '~standard': standard });

const good: readonly [string, JobDeclaration, StandardSchema][] = [
  ['a schema', schema, schema],
  ['a schema that is a function', callable, callable],
  ['a schema and the type of the result', { payload: schema, result: resultType<string>() }, schema],
  ['a function and the type of the result', { payload: callable, result: resultType<void>() }, callable],
];

test.each(good)('a job is declared by %s', (_, declaration, expected) => {
  expect(declarationProblem(declaration)).toBeNull();
  expect(payloadSchema(declaration)).toBe(expected);
});

test('a schema that has a property named payload is still that schema', () => {
  const odd = { ...schema, payload: 'of its own' } as StandardSchema;
  expect(declarationProblem(odd)).toBeNull();
  expect(payloadSchema(odd)).toBe(odd);
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a word', 'string'],
  ['an empty object', {}],
  ['half a schema', { '~standard': { version: 1 } }],
  ['a payload that is no schema', { payload: {}, result: resultType() }],
  ['a payload without a result', { payload: schema }],
  ['a schema as the result, which nobody would check', { payload: schema, result: schema }],
  ['null as the result', { payload: schema, result: null }],
  ['a result without a payload', { result: resultType() }],
])('a job is not declared by %s', (_, declaration) => {
  expect(declarationProblem(declaration as JobDeclaration)).toMatch('Standard Schema');
});
