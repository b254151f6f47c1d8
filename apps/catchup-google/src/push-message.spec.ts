import fc from 'fast-check';
import { PushMessageError, readPushMessage } from './index.js';

const GOOD = {
  'x-goog-channel-id': '6f0c3a52-2a5c-4f6f-9a6e-0d3a4f7a9c11',
  'x-goog-channel-token': 'a secret of ours',
  'x-goog-channel-expiration': 'Fri, 27 Nov 2026 12:00:00 GMT',
  'x-goog-resource-id': 'o3hgv1538sdjfh',
  'x-goog-resource-state': 'exists',
  'x-goog-message-number': '10',
};

test.each([
  ['x-goog-channel-id', undefined],
  ['x-goog-channel-id', 'x'.repeat(65)],
  ['x-goog-channel-id', "'; drop table push_channels"],
  ['x-goog-channel-token', undefined],
  ['x-goog-channel-token', ''],
  ['x-goog-channel-token', 'a\nb'],
  ['x-goog-resource-id', 'ü'],
  ['x-goog-resource-state', 'deleted'],
  ['x-goog-resource-state', 'exists, exists'],
  ['x-goog-message-number', '0'],
  ['x-goog-message-number', '-1'],
  ['x-goog-message-number', '1e3'],
  ['x-goog-message-number', '99999999999999999999'],
])('%s as %p is refused, and not shown', (header, value) => {
  let thrown: unknown;
  try {
    readPushMessage({ ...GOOD, [header]: value });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(PushMessageError);
  expect(thrown).toMatchObject({ code: 'ERR_GOOGLE_PUSH_MESSAGE', header });
  if (value) expect((thrown as Error).message).not.toContain(value);
});

test('headers that come twice or from a prototype are none', () => {
  expect(() => readPushMessage({ ...GOOD, 'x-goog-channel-id': ['a', 'b'] })).toThrow(PushMessageError);
  expect(() => readPushMessage(Object.create(GOOD) as Record<string, string>)).toThrow(PushMessageError);
});

test('whatever comes is read or refused', () => {
  const value = fc.oneof(fc.string(), fc.constant(undefined), fc.array(fc.string()));
  const headers = fc.record(
    Object.fromEntries(Object.keys(GOOD).map((name) => [name, fc.oneof(fc.constant(undefined), value)])),
  );
  fc.assert(
    fc.property(headers, (hostile) => {
      try {
        readPushMessage({ ...GOOD, ...hostile });
      } catch (error) {
        expect(error).toBeInstanceOf(PushMessageError);
      }
    }),
  );
});

test('a proper one', () => {
  expect(readPushMessage(GOOD)).toEqual({
    channelId: GOOD['x-goog-channel-id'],
    token: 'a secret of ours',
    resourceId: 'o3hgv1538sdjfh',
    resourceState: 'exists',
    messageNumber: 10,
    channelExpiresAt: new Date('2026-11-27T12:00:00Z'),
  });
  expect(readPushMessage({ ...GOOD, 'x-goog-channel-expiration': 'never' })).not.toHaveProperty(
    'channelExpiresAt',
  );
});
