import { HOLIDAYS_CALENDAR_ID } from '../index.js';
import { readList } from '../spec-support/paging-client.js';
import { useStandIns } from '../spec-support/started-stand-in.js';

const PATH = '/calendar/v3/users/me/calendarList';
const ANNA = 'anna@example.com';

describe('calendarList.list', () => {
  const start = useStandIns();

  it.each([{ minAccessRole: 'owner' }, { showDeleted: false }, { showHidden: false }])(
    'takes no sync token beside %j',
    async (restriction) => {
      const standIn = await start();
      const { nextSyncToken: syncToken } = (await standIn.get(PATH)).body;
      expect((await standIn.get(PATH, { syncToken })).status).toBe(200);
      expect((await standIn.get(PATH, { syncToken, ...restriction })).status).toBe(400);
    },
  );

  it('pages, and asks for a full list where the sync token is dead', async () => {
    const standIn = await start();
    const ids: string[] = [];
    const syncToken = await readList(
      standIn,
      PATH,
      { maxResults: 1 },
      ({ items, nextPageToken, nextSyncToken }) => {
        ids.push(...items.map(({ id }) => id!));
        expect(nextPageToken === undefined).toBe(nextSyncToken !== undefined);
      },
    );
    expect([ids.length, ids[0], ids[2]]).toEqual([3, ANNA, HOLIDAYS_CALENDAR_ID]);
    standIn.expireSyncTokens({ user: 'ben@example.com' });
    expect((await standIn.get(PATH, { syncToken })).status).toBe(200);
    standIn.expireSyncTokens({ list: 'calendarList' });
    const { status, body } = await standIn.get(PATH, { syncToken });
    expect([status, body.error.errors![0]!.reason]).toEqual([410, 'fullSyncRequired']);
  });

  it('takes no token of another list, of another user, or of its own making', async () => {
    const standIn = await start();
    const { nextSyncToken: syncToken = '' } = (await standIn.get(PATH)).body;
    const { nextSyncToken: eventsToken } = (
      await standIn.get('/calendar/v3/calendars/primary/events', { maxResults: 2500 })
    ).body;
    expect((await standIn.get(PATH, { syncToken }, 'ben@example.com')).status).toBe(410);
    expect((await standIn.get(PATH, { syncToken: eventsToken })).status).toBe(410);
    expect((await standIn.get(PATH, { syncToken: `x${syncToken.slice(1)}` })).status).toBe(410);
    expect((await standIn.get(PATH, { pageToken: syncToken })).status).toBe(400);
  });

  it('hides hidden calendars in full lists only', async () => {
    const standIn = await start();
    const { nextSyncToken: syncToken } = (await standIn.get(PATH)).body;
    standIn.changeCalendarListEntry(ANNA, HOLIDAYS_CALENDAR_ID, { hidden: true });
    const idsOf = async (query: Record<string, string | boolean | undefined>) =>
      (await standIn.get(PATH, query)).body.items.map(({ id }) => id);
    expect(await idsOf({})).not.toContain(HOLIDAYS_CALENDAR_ID);
    expect(await idsOf({ showHidden: true })).toContain(HOLIDAYS_CALENDAR_ID);
    expect(await idsOf({ syncToken })).toEqual([HOLIDAYS_CALENDAR_ID]);
  });

  it('shows who may only read when private events are, and nothing else of them', async () => {
    const standIn = await start();
    const { items } = (await standIn.get(PATH)).body;
    const team = items.find(({ summary }) => summary === 'Team')!.id!;
    const times = { start: { dateTime: '2026-03-20T12:00:00Z' }, end: { dateTime: '2026-03-20T13:00:00Z' } };
    const id = standIn.addEvent(ANNA, { summary: 'Secret', visibility: 'private', ...times }, team);
    const { body } = await standIn.get(`/calendar/v3/calendars/${encodeURIComponent(team)}/events/${id}`);
    expect(body).toMatchObject({ id, visibility: 'private', ...times });
    expect(JSON.stringify(body)).not.toContain('Secret');
  });
});
