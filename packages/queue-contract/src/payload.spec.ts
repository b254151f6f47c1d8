import { InvalidPayloadError, UnknownJobNameError } from './errors.js';
import { resultType } from './job-declaration.js';
import { parsePayload } from './payload.js';
import { defineQueue } from './queue-definition.js';
import { describeIssues, type SchemaResult, type StandardSchema } from './standard-schema.js';

function schema<I, O>(validate: (value: unknown) => SchemaResult<O> | Promise<SchemaResult<O>>) {
  const standard: StandardSchema<I, O> = { '~standard': { version: 1, vendor: 'spec', validate } };
  return standard;
}

const definition = defineQueue({
  name: 'mail',
  tier: 'medium',
  jobs: {
    welcome: schema<{ to: string }, { to: string; at: number }>((value) => {
      const to = (value as { to?: unknown } | null)?.to;
      if (typeof to === 'string') return { value: { to, at: 7 } };
      return { issues: [{ message: 'expected string', path: ['to'] }] };
    }),
    later: schema<unknown, string>(async (value) => ({ value: `was ${String(value)}` })),
    digest: {
      payload: schema<{ userId: number }, { userId: number }>((value) => {
        const userId = Number((value as { userId?: unknown } | null)?.userId);
        if (userId > 0) return { value: { userId } };
        return { issues: [{ message: 'expected a number above 0', path: ['userId'] }] };
      }),
      result: resultType<number>(),
    },
  },
});

describe('parsePayload', () => {
  test('answers what the schema makes of the payload, at once or later', async () => {
    expect(await parsePayload(definition, 'welcome', { to: 'ada' })).toEqual({ to: 'ada', at: 7 });
    expect(await parsePayload(definition, 'later', null)).toBe('was null');
  });

  test('checks a payload whose schema is declared together with the type of a result', async () => {
    expect(await parsePayload(definition, 'digest', { userId: '7' })).toEqual({ userId: 7 });
    await expect(parsePayload(definition, 'digest', { userId: 0 })).rejects.toMatchObject({
      code: 'SWITCHYARD_INVALID_PAYLOAD',
      problems: 'userId: expected a number above 0',
    });
  });

  test('refuses what the schema refuses, and shows where but not what', async () => {
    const error = await parsePayload(definition, 'welcome', { to: 4242 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidPayloadError);
    expect(error).toMatchObject({ queue: 'mail', jobName: 'welcome', problems: 'to: expected string' });
    expect(String(error)).not.toContain('4242');
  });

  test.each<[string, unknown]>([
    ['(undefined)', undefined],
    ['(object)', { to: 'ada' }],
    ['(object)', ['welcome']],
    ['(number)', 7],
  ])('refuses %s in the place of a name', async (shown, name) => {
    const error = await parsePayload(definition, name as string, {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnknownJobNameError);
    expect(error).toMatchObject({ jobName: shown });
  });

  test.each(['farewell', '', 'constructor', '__proto__', 'toString'])(
    'refuses the name %p that the queue does not declare, and shows which it does',
    async (name) => {
      const error = await parsePayload(definition, name, {}).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UnknownJobNameError);
      expect(error).toMatchObject({ queue: 'mail', jobName: name, known: ['welcome', 'later', 'digest'] });
    },
  );
});

describe('describeIssues', () => {
  test('names the path of each issue', () => {
    const text = describeIssues([
      { message: 'expected string', path: ['contact', { key: 'phones' }, 0] },
      { message: 'too long' },
      { message: 'unknown', path: [] },
    ]);
    expect(text).toBe('contact.phones.0: expected string; too long; unknown');
  });

  test('shows symbols in a path', () => {
    expect(describeIssues([{ message: 'bad', path: [Symbol('s')] }])).toBe('Symbol(s): bad');
  });
});
