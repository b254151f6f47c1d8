import fc from 'fast-check';
import { readRefusal } from './read-refusal.js';

test.each([
  [
    'the shape of Calendar',
    {
      error: {
        code: 400,
        message: 'Invalid page token.',
        errors: [{ reason: 'invalid', location: 'pageToken' }],
      },
    },
    { reason: 'invalid', location: 'pageToken', message: 'Invalid page token.' },
  ],
  [
    'the shape of People, by its details',
    {
      error: {
        code: 400,
        message: 'Sync token is expired.',
        status: 'INVALID_ARGUMENT',
        details: [{ '@type': 'type.googleapis.com/google.rpc.Help' }, { reason: 'EXPIRED_SYNC_TOKEN' }],
      },
    },
    { reason: 'EXPIRED_SYNC_TOKEN', location: undefined, message: 'Sync token is expired.' },
  ],
  [
    'the shape of People, by its status',
    { error: { message: 'Quota', status: 'RESOURCE_EXHAUSTED' } },
    { reason: 'RESOURCE_EXHAUSTED', location: undefined, message: 'Quota' },
  ],
  [
    'the shape of OAuth',
    { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
    { reason: 'invalid_grant', message: 'Token has been expired or revoked.' },
  ],
])('%s', (_name, body, refusal) => {
  expect(readRefusal(JSON.stringify(body))).toEqual(refusal);
});

test('a reason that is more than a word is none: it goes into logs', () => {
  expect(readRefusal(JSON.stringify({ error: 'a b\nc' })).reason).toBeUndefined();
  expect(readRefusal(JSON.stringify({ error: 'x'.repeat(61) })).reason).toBeUndefined();
  expect(readRefusal(JSON.stringify({ error: { errors: [{ reason: { a: 1 } }] } })).reason).toBeUndefined();
});

test('whatever comes, it is read without a throw', () => {
  const shape = fc.letrec((tie) => ({
    node: fc.oneof(
      fc.jsonValue(),
      fc.record({ error: tie('node'), errors: tie('node'), details: tie('node'), reason: tie('node') }),
      fc.array(tie('node'), { maxLength: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        shape.map((value) => JSON.stringify(value)),
      ),
      (body) => {
        const { reason, message } = readRefusal(body);
        expect(reason === undefined || /^[\w.-]{1,60}$/.test(reason)).toBe(true);
        expect(message.length).toBeLessThanOrEqual(500);
      },
    ),
  );
});
