import { useStandIns } from '../spec-support/started-stand-in.js';

const PATH = '/calendar/v3/calendars/primary/events';

describe('events.list', () => {
  const start = useStandIns();

  it('does not know calendars that are not on the list', async () => {
    const standIn = await start();
    const { status, body } = await standIn.get('/calendar/v3/calendars/ben%40example.com/events');
    expect(status).toBe(404);
    expect(body.error.errors).toEqual([{ domain: 'global', reason: 'notFound', message: 'Not Found' }]);
  });

  it.each([
    ['/calendar/v3/calendars/%E0%A4%A/events', 400],
    ['/calendar/v3/colors', 404],
  ])('answers in JSON where there is nothing to serve: %s', async (path, status) => {
    const answer = await (await start()).get(path);
    expect([answer.status, answer.body.error.code]).toEqual([status, status]);
  });

  it.each(['timeMin', 'timeMax', 'updatedMin', 'orderBy', 'q', 'iCalUID'])(
    'takes no sync token beside %s',
    async (name) => {
      const standIn = await start();
      const { nextSyncToken: syncToken } = (await standIn.get(PATH, { maxResults: 2500 })).body;
      expect((await standIn.get(PATH, { syncToken })).status).toBe(200);
      expect((await standIn.get(PATH, { syncToken, [name]: new Date().toISOString() })).status).toBe(400);
    },
  );

  it('asks for a full sync where the sync token is dead', async () => {
    const standIn = await start();
    const { nextSyncToken: syncToken } = (await standIn.get(PATH, { maxResults: 2500 })).body;
    standIn.expireSyncTokens({ user: 'anna@example.com', list: 'events' });
    const { status, body } = await standIn.get(PATH, { syncToken });
    expect(status).toBe(410);
    expect(body.error.errors![0]).toMatchObject({ domain: 'calendar', reason: 'fullSyncRequired' });
  });

  it('lists masters, exceptions and cancelled instances', async () => {
    const standIn = await start();
    const { items } = (await standIn.get(PATH, { maxResults: 2500 })).body;
    const masters = items.filter((event) => event.recurrence);
    expect(masters).toHaveLength(10);
    const cancelled = items.filter((event) => event.status === 'cancelled');
    expect(cancelled.length).toBeGreaterThan(0);
    for (const event of cancelled)
      expect(Object.keys(event).sort()).toEqual([
        ...['etag', 'id', 'kind', 'originalStartTime', 'recurringEventId', 'status'],
      ]);
  });

  it.each([
    [
      'an empty range',
      { timeMin: '2026-03-02T00:00:00Z', timeMax: '2026-03-01T00:00:00Z' },
      400,
      'timeRangeEmpty',
    ],
    ['a time without an offset', { timeMin: '2026-03-02T00:00:00' }, 400, 'badRequest'],
    ['an order by start of masters', { orderBy: 'startTime' }, 400, 'badRequest'],
    ['a page of nothing', { maxResults: 0 }, 400, 'invalidParameter'],
    ['changes since long ago', { updatedMin: '2026-01-01T00:00:00Z' }, 410, 'updatedMinTooLongAgo'],
  ])('refuses %s', async (_, query, status, reason) => {
    const answer = await (await start()).get(PATH, query);
    expect([answer.status, answer.body.error.errors![0]!.reason]).toEqual([status, reason]);
  });

  it.each([
    { q: 'lunch' },
    { orderBy: 'updated' },
    { iCalUID: 'x@google.com' },
    { updatedMin: '2026-03-10T00:00:00Z' },
  ])('ends a list restricted by %j without a sync token', async (query) => {
    const { status, body } = await (await start()).get(PATH, { ...query, maxResults: 2500 });
    expect([status, body.nextSyncToken, body.nextPageToken]).toEqual([200, undefined, undefined]);
  });

  it('lists masters with an instance in the range, exceptions by where they are, and nothing else', async () => {
    const standIn = await start({
      users: [{ email: 'anna@example.com', contacts: 0, events: 0, series: false }],
    });
    const timed = (day: string, recurrence?: string[]) => ({
      start: { dateTime: `${day}T09:00:00Z`, timeZone: 'UTC' },
      end: { dateTime: `${day}T10:00:00Z`, timeZone: 'UTC' },
      ...(recurrence && { recurrence }),
    });
    const id = standIn.addEvent('anna@example.com', timed('2026-01-05', ['RRULE:FREQ=WEEKLY;COUNT=20']));
    standIn.addEvent('anna@example.com', timed('2026-01-05', ['RRULE:FREQ=WEEKLY;COUNT=2']));
    const inside = standIn.addEvent('anna@example.com', timed('2026-03-10'));
    standIn.addEvent('anna@example.com', timed('2026-04-10'));
    const movedIn = standIn.moveInstance('anna@example.com', id, '2026-01-12T09:00:00Z', timed('2026-03-11'));
    standIn.moveInstance('anna@example.com', id, '2026-03-09T09:00:00Z', timed('2026-05-01'));
    const range = { timeMin: '2026-03-08T00:00:00Z', timeMax: '2026-03-15T00:00:00Z' };
    const { items } = (await standIn.get(PATH, range)).body;
    expect(items.map((event) => event.id).sort()).toEqual([id, inside, movedIn].sort());
    const instances = (await standIn.get(PATH, { ...range, singleEvents: true })).body.items;
    expect(instances.map((event) => event.id).sort()).toEqual([inside, movedIn].sort());
  });

  it('expands series where asked to', async () => {
    const standIn = await start();
    const range = { timeMin: '2026-03-20T00:00:00Z', timeMax: '2026-04-05T00:00:00Z' };
    const { items } = (
      await standIn.get(PATH, { ...range, singleEvents: true, orderBy: 'startTime', maxResults: 2500 })
    ).body;
    expect(items.some((event) => event.recurrence)).toBe(false);
    const starts = items.map((event) => Date.parse(event.start!.dateTime ?? event.start!.date!));
    expect(starts).toEqual([...starts].sort((one, other) => one - other));
  });
});
