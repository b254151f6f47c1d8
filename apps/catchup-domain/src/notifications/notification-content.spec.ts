import fc from 'fast-check';
import { describeContent, type NotificationContent } from './notification-content.js';

const now = new Date('2026-03-09T08:00:00Z');
const reminder = (startsAt: string, contactName = 'Ada Lovelace'): NotificationContent => ({
  kind: 'suggestion-reminder',
  suggestionId: 's1',
  contactName,
  startsAt,
  round: 1,
});
const described = (content: unknown) => describeContent(content, now, 'Europe/Berlin');

test.each([
  ['2026-03-09T16:00:00Z', 'Call Ada Lovelace today at 17:00'],
  ['2026-03-09T23:30:00Z', 'Call Ada Lovelace tomorrow at 00:30'],
  ['2026-03-31T07:30:00Z', 'Call Ada Lovelace on Tue 31 Mar at 09:30'],
])('a call at %s on the user’s clock', (startsAt, expected) => {
  expect(described(reminder(startsAt))).toBe(expected);
});

test('an account to reconnect', () => {
  const content = { kind: 'reconnect-account', accountId: 'a1', accountName: 'ada@example.com', round: 2 };
  expect(described(content)).toBe('Reconnect ada@example.com, it is no longer in sync');
});

test('nothing of a call whose time has come', () => {
  expect(described(reminder('2026-03-09T07:59:59Z'))).toBeUndefined();
});

test('a name is one line, and not longer than a message bears', () => {
  expect(described(reminder('2026-03-09T16:00:00Z', ' Ada\r\n\tCountess\u0000 '))).toBe(
    'Call Ada Countess today at 17:00',
  );
  const long = described(reminder('2026-03-09T16:00:00Z', '🚂'.repeat(100)));
  expect(long).toBe(`Call ${'🚂'.repeat(37)}... today at 17:00`);
});

test('what is of another version, or damaged, says nothing and breaks nothing', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true }), (content) => {
      expect(described(content)).toBeUndefined();
    }),
  );
  for (const kind of ['reconnect-account', 'suggestion-reminder', 'of-tomorrow'])
    expect(described({ kind })).toBeUndefined();
});
