import fc from 'fast-check';
import { CHANNEL_STATUSES, type Calendar, type PushChannel } from '@switchyard/catchup-data';
import { eventsResource } from '../calendar/sync-run.js';
import { calendarsToWatch, channelsToClear, channelsToStop } from './plan-channels.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const DAY_MS = 86_400_000;
const days = (count: number) => new Date(NOW.getTime() + count * DAY_MS);
const due = { now: NOW, renewBeforeMs: DAY_MS };

const calendar = (id: string, more: Partial<Calendar> = {}): Calendar => ({
  id,
  accountId: 'account',
  userId: 'user',
  externalId: `${id}@example.org`,
  summary: id,
  timeZone: 'Europe/Berlin',
  accessRole: 'owner',
  isPrimary: false,
  selected: true,
  etag: null,
  deletedAt: null,
  createdAt: NOW,
  updatedAt: NOW,
  ...more,
});
const channel = (id: string, of: Calendar, more: Partial<PushChannel> = {}): PushChannel => ({
  id,
  accountId: 'account',
  calendarId: of.id,
  resource: eventsResource(of.externalId),
  resourceId: `resource of ${of.id}`,
  tokenHash: 'hash',
  expiresAt: days(5),
  lastMessageNumber: 1,
  lastNotifiedAt: NOW,
  status: 'active',
  createdAt: days(-2),
  updatedAt: NOW,
  ...more,
});
const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);
const stopped = (...asked: Parameters<typeof channelsToStop>) =>
  channelsToStop(...asked).map(({ channel: { id } }) => id);

const work = calendar('work');

test.each<[string, Calendar, readonly PushChannel[], boolean]>([
  ['has none', work, [], true],
  ['has one that ends soon', work, [channel('a', work, { expiresAt: days(1) })], true],
  ['has one that lasts', work, [channel('a', work)], false],
  ['has a silent one', work, [channel('a', work, { status: 'silent' })], false],
  ['has one that nobody has an answer to', work, [channel('a', work, { status: 'pending' })], true],
  ['has one of another calendar', work, [channel('a', calendar('home'))], true],
  ['is refused', work, [channel('a', work, { status: 'stopped', resourceId: null })], false],
  [
    'was refused long ago',
    work,
    [channel('a', work, { status: 'stopped', resourceId: null, expiresAt: NOW })],
    true,
  ],
  ['had one that was stopped', work, [channel('a', work, { status: 'stopped' })], true],
  ['is not selected', calendar('work', { selected: false }), [], false],
  ['shows free and busy times alone', calendar('work', { accessRole: 'freeBusyReader' }), [], false],
])('a calendar that %s', (_, one, channels, isWatched) => {
  expect(ids(calendarsToWatch([one], channels, due))).toEqual(isWatched ? [one.id] : []);
});

test('a channel that was granted for an hour is not due before half of it is over', () => {
  const short = (createdMinutesAgo: number) => {
    const createdAt = new Date(NOW.getTime() - createdMinutesAgo * 60_000);
    return channel('a', work, { createdAt, expiresAt: new Date(createdAt.getTime() + 3_600_000) });
  };
  expect(calendarsToWatch([work], [short(29)], due)).toEqual([]);
  expect(ids(calendarsToWatch([work], [short(30)], due))).toEqual(['work']);
});

test('a lost one is stopped by the resource id of its sister, and left alone without any', () => {
  const lost = channel('lost', work, { status: 'pending', resourceId: null });
  expect(channelsToStop([work], [lost], NOW)).toEqual([]);
  expect(channelsToStop([work], [lost, channel('a', work)], NOW)).toEqual([
    { channel: lost, resourceId: 'resource of work' },
  ]);
});

test('one that has a resource id of its own is stopped by that', () => {
  const own = channel('own', work, { resourceId: 'its own', expiresAt: days(4) });
  expect(channelsToStop([work], [channel('a', work), own], NOW)).toEqual([
    { channel: own, resourceId: 'its own' },
  ]);
});

test('those of calendars that are gone or not selected any more are stopped', () => {
  const unselected = calendar('home', { selected: false });
  const gone = channel('c', calendar('gone'));
  expect(stopped([work, unselected], [channel('a', work), channel('b', unselected), gone], NOW)).toEqual([
    'b',
    'c',
  ]);
});

test('what is over is cleared', () => {
  const over = { expiresAt: NOW };
  const channels = CHANNEL_STATUSES.flatMap((status) => [
    channel(`${status} over`, work, { status, ...over }),
    channel(status, work, { status }),
  ]);
  const { expired, forgettable } = channelsToClear(channels, NOW);
  expect(ids(expired)).toEqual(['pending over', 'active over', 'silent over']);
  expect(ids(forgettable)).toEqual(['stopped over', 'expired over']);
});

test('whatever there is, one granted channel of each watched calendar stays and is the one that lasts longest', () => {
  const calendars = [work, calendar('home'), calendar('hidden', { selected: false })];
  const many = fc.array(
    fc.record({
      of: fc.constantFrom(...calendars),
      status: fc.constantFrom(...CHANNEL_STATUSES),
      endsInDays: fc.integer({ min: -3, max: 9 }),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(many, (each) => {
      const channels = each.map(({ of, status, endsInDays }, at) =>
        channel(`c${at}`, of, { status, expiresAt: days(endsInDays), createdAt: days(-9) }),
      );
      const going = new Set(stopped(calendars, channels, NOW));
      for (const one of calendars) {
        const granted = channels.filter(
          ({ calendarId, status, expiresAt }) =>
            calendarId === one.id && ['active', 'silent'].includes(status) && expiresAt > NOW,
        );
        const staying = granted.filter(({ id }) => !going.has(id));
        expect(staying).toHaveLength(one.selected && granted.length > 0 ? 1 : 0);
        for (const { expiresAt } of staying)
          expect(expiresAt.getTime()).toBe(Math.max(...granted.map((other) => other.expiresAt.getTime())));
      }
      const rest = channels.filter(({ id }) => !going.has(id));
      expect(channelsToStop(calendars, rest, NOW)).toEqual([]);
    }),
  );
});
