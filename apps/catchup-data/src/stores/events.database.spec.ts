import type { Data } from '../index.js';
import { describeOnBothDatabases } from '../spec-support/both-databases.js';
import { aCalendar, addAda, anAccount, anEvent, aUser, LATER, NOW } from '../spec-support/rows.js';

const noon = (day: number) => new Date(Date.UTC(2026, 10, day, 12));
const date = (day: number) => `2026-11-${day}`;
const single = (id: string, from: Date, to: Date) => anEvent(id, { startAt: from, endAt: to });
const allDay = (id: string, from: number, to: number) =>
  anEvent(id, { startAt: null, endAt: null, startDate: date(from), endDate: date(to) });

describeOnBothDatabases('calendars and events', (open) => {
  let data: Data;
  beforeEach(async () => {
    data = await open();
    await addAda(data);
  });
  const around = async (from: Date, to: Date) =>
    (await data.events.around('ada', from, to)).map(({ id }) => id);

  test('single events are around where they touch the span', async () => {
    await data.events.upsert([
      single('before', noon(9), noon(10)),
      single('into', noon(9), new Date(noon(10).getTime() + 1)),
      single('over', noon(1), noon(30)),
      single('moment', noon(10), noon(10)),
      single('after', noon(11), noon(12)),
    ]);
    expect(await around(noon(10), noon(11))).toEqual(['into', 'moment', 'over']);
  });

  test('all-day events are around with a day on either side, wherever the user is', async () => {
    await data.events.upsert([allDay('long-before', 7, 9), allDay('before', 9, 10), allDay('on', 10, 11)]);
    await data.events.upsert([allDay('after', 11, 12), allDay('long-after', 12, 13)]);
    expect(await around(noon(10), noon(10))).toEqual(['before', 'on']);
    expect(await around(noon(10), noon(11))).toEqual(['after', 'before', 'on']);
  });

  test('a series is always around, with what was changed or cancelled of it', async () => {
    const nothing = { startAt: null, endAt: null };
    await data.events.upsert([
      anEvent('series', { startAt: noon(1), endAt: noon(2), recurrence: ['RRULE:FREQ=WEEKLY'] }),
      anEvent('moved', { startAt: noon(3), endAt: noon(3), recurringEventExternalId: 'ext-series' }),
      anEvent('cancelled', {
        ...nothing,
        status: 'cancelled',
        recurringEventExternalId: 'ext-series',
        originalStartDate: date(8),
      }),
    ]);
    expect(await around(noon(20), noon(21))).toEqual(['cancelled', 'moved', 'series']);
  });

  test('only calendars count that are selected, there, and the user’s own', async () => {
    await data.users.save(aUser('eve'));
    await data.accounts.connect(anAccount('eve-google', 'eve'));
    await data.calendars.upsert([
      aCalendar('off'),
      aCalendar('gone'),
      aCalendar('hers', 'eve-google', 'eve'),
    ]);
    for (const calendarId of ['off', 'gone', 'work'])
      await data.events.upsert([anEvent(`in-${calendarId}`, { calendarId })]);
    await data.events.upsert([anEvent('in-hers', { calendarId: 'hers', userId: 'eve' })]);
    await data.calendars.setSelected('off', false, NOW);
    await data.calendars.markDeletedExcept('ada-google', ['off@example.org', 'work@example.org'], LATER);
    expect(await around(NOW, LATER)).toEqual(['in-work']);
    expect((await data.calendars.ofAccount('ada-google')).map(({ id }) => id)).toEqual(['off', 'work']);
    expect((await data.calendars.ofUser('eve')).map(({ id }) => id)).toEqual(['hers']);
    expect(await data.calendars.markDeleted('ada-google', ['gone@example.org'], LATER)).toEqual([]);
  });

  test('events that a full sync did not bring are removed, and only those', async () => {
    await data.calendars.upsert([aCalendar('other')]);
    await data.events.upsert(['a', 'b', 'c'].map((id) => anEvent(id)));
    await data.events.upsert([anEvent('elsewhere', { calendarId: 'other' })]);
    expect(await data.events.removeExcept('work', ['ext-a', 'ext-unknown'])).toBe(2);
    expect(await data.events.remove('work', ['ext-elsewhere'])).toBe(0);
    expect((await data.events.list('other', { limit: 9 })).map(({ id }) => id)).toEqual(['elsewhere']);
    expect(await data.events.removeExcept('work', [])).toBe(1);
  });

  test.each([
    ['both an instant and a date', { startDate: date(1), endDate: date(2) }],
    ['a start without an end', { endAt: null }],
    ['no time at all', { startAt: null, endAt: null }],
    ['a status that is none', { status: 'maybe' as never }],
  ])('an event with %s is refused', async (_, wrong) => {
    await expect(data.events.upsert([anEvent('wrong', wrong)])).rejects.toMatchObject({ sqlState: '23514' });
  });

  test('what is due to be synced is listed, the longest due first, of connected accounts', async () => {
    const state = (resource: string, nextSyncAt: Date | null, accountId = 'ada-google') =>
      data.syncState.save({ accountId, resource, nextSyncAt, createdAt: NOW, updatedAt: NOW });
    await data.accounts.connect(anAccount('revoked'));
    await data.accounts.setStatus('revoked', 'revoked', null, NOW);
    await state('contacts', NOW);
    await state('calendars', null);
    await state('events:later', LATER);
    await state('contacts', NOW, 'revoked');
    const due = async (at: Date) => (await data.syncState.due(at, 10)).map(({ resource }) => resource);
    expect(await due(NOW)).toEqual(['calendars', 'contacts']);
    expect(await due(LATER)).toEqual(['calendars', 'contacts', 'events:later']);
    expect(await data.syncState.remove('ada-google', 'contacts')).toBe(true);
    expect((await data.syncState.ofAccount('ada-google')).map(({ resource }) => resource)).toEqual([
      'calendars',
      'events:later',
    ]);
  });
});
