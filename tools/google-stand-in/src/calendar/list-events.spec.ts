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
