import { readList } from '../spec-support/paging-client.js';
import { useStandIns, type Body, type StartedStandIn } from '../spec-support/started-stand-in.js';

const ANNA = 'anna@example.com';
const PEOPLE = '/v1/people/me/connections';
const EVENTS = '/calendar/v3/calendars/primary/events';
const CALENDARS = '/calendar/v3/users/me/calendarList';
const FIELDS = { personFields: 'names,emailAddresses,metadata', requestSyncToken: true, pageSize: 1000 };

/** Reads the list, lets something happen, and answers with what the next list tells. */
async function changesBy(
  standIn: StartedStandIn,
  path: string,
  query: Record<string, string | number | boolean>,
  act: () => void,
): Promise<Body> {
  const syncToken = await readList(standIn, path, query, () => undefined);
  act();
  return (await standIn.get(path, { ...query, syncToken })).body;
}

describe('changes of contacts', () => {
  const start = useStandIns();
  const named = (displayName: string, ...addresses: string[]) => ({
    names: [{ displayName }],
    emailAddresses: addresses.map((value) => ({ value })),
  });

  it('refuse contacts and users that are not there', async () => {
    const standIn = await start();
    const code = 'ERR_GOOGLE_STAND_IN_NOTHING_THERE';
    const one = standIn.addContact(ANNA, named('One'));
    standIn.deleteContact(ANNA, one);
    for (const act of [
      () => standIn.addContact('nobody@example.com', {}),
      () => standIn.deleteContact(ANNA, one),
      () => standIn.changeContact(ANNA, one, {}),
      () => standIn.mergeContacts(ANNA, one, []),
      () => standIn.deleteContact('ben@example.com', 'people/c1'),
    ])
      expect(act).toThrow(expect.objectContaining({ code }));
  });

  it('are told one by one: changed with a new etag, deleted with nothing but metadata', async () => {
    const standIn = await start();
    const [kept, gone] = [
      standIn.addContact(ANNA, named('Kept', 'k@example.com')),
      standIn.addContact(ANNA, named('Gone')),
    ];
    const { etag } = (await standIn.get(`/v1/${kept}`, { personFields: 'names' })).body;
    const { connections } = await changesBy(standIn, PEOPLE, FIELDS, () => {
      standIn.changeContact(ANNA, kept, { names: [{ displayName: 'Renamed' }] });
      standIn.deleteContact(ANNA, gone);
    });
    expect(connections).toHaveLength(2);
    expect(connections[0]).toMatchObject({
      resourceName: kept,
      names: [{ displayName: 'Renamed' }],
      emailAddresses: [{ value: 'k@example.com' }],
    });
    expect(connections[0]!.etag).not.toBe(etag);
    expect(connections[1]).toMatchObject({ resourceName: gone, metadata: { deleted: true } });
    expect(connections[1]!.names).toBeUndefined();
    expect((await standIn.get(`/v1/${gone}`, { personFields: 'names' })).status).toBe(404);
  });

  it.each([
    ['previous-names' as const, 1, true],
    ['deleted' as const, 2, false],
    ['both' as const, 2, true],
  ])('merge several into one, reported as %s', async (reported, count, named_) => {
    const standIn = await start();
    const [one, other] = [
      standIn.addContact(ANNA, named('One', 'one@example.com')),
      standIn.addContact(ANNA, named('Other', 'one@example.com', 'other@example.com')),
    ];
    const { connections } = await changesBy(standIn, PEOPLE, FIELDS, () =>
      standIn.mergeContacts(ANNA, one, [other], reported),
    );
    expect(connections).toHaveLength(count);
    const merged = connections.find(({ resourceName }) => resourceName === one)!;
    expect(merged.names![0]!.displayName).toBe('One');
    expect(merged.emailAddresses!.map(({ value }) => value)).toEqual([
      'one@example.com',
      'other@example.com',
    ]);
    expect(merged.metadata!.previousResourceNames).toEqual(named_ ? [other] : undefined);
  });

  it('demand the parameters of the first request', async () => {
    const standIn = await start();
    const syncToken = await readList(standIn, PEOPLE, FIELDS, () => undefined);
    const other = await standIn.get(PEOPLE, { ...FIELDS, personFields: 'names', syncToken });
    expect([other.status, other.body.error.status]).toEqual([400, 'INVALID_ARGUMENT']);
  });

  it('are forgotten seven days after the full list, whatever lists of changes came since', async () => {
    let now = new Date('2026-03-16T12:00:00Z');
    const standIn = await start({
      now: () => now,
      accessTokenLifetimeSeconds: 30 * 86_400,
      expiredPeopleSyncTokenStatus: 410,
    });
    let syncToken = await readList(standIn, PEOPLE, FIELDS, () => undefined);
    now = new Date('2026-03-22T12:00:00Z');
    syncToken = await readList(standIn, PEOPLE, { ...FIELDS, syncToken }, () => undefined);
    now = new Date('2026-03-23T12:00:00Z');
    const { status, body } = await standIn.get(PEOPLE, { ...FIELDS, syncToken });
    expect([status, body.error.details]).toEqual([
      410,
      [expect.objectContaining({ reason: 'EXPIRED_SYNC_TOKEN' })],
    ]);
  });
});

describe('changes of events', () => {
  const start = useStandIns();
  const series = {
    summary: 'Yoga',
    start: { dateTime: '2026-03-23T18:00:00+01:00', timeZone: 'Europe/Berlin' },
    end: { dateTime: '2026-03-23T19:00:00+01:00', timeZone: 'Europe/Berlin' },
    recurrence: ['RRULE:FREQ=WEEKLY;COUNT=5'],
  };

  it('refuse instances that the series does not have', async () => {
    const standIn = await start();
    const id = standIn.addEvent(ANNA, series);
    const code = 'ERR_GOOGLE_STAND_IN_NOTHING_THERE';
    // After the change of clocks it is 16:00 in UTC, no more 17:00.
    for (const when of ['2026-03-30T17:00:00Z', '2026-04-27T16:00:00Z'])
      expect(() => standIn.cancelInstance(ANNA, id, when)).toThrow(expect.objectContaining({ code }));
  });

  it('give an instance its id by its original start, and keep it when it moves again', async () => {
    const standIn = await start();
    const id = standIn.addEvent(ANNA, series);
    const moved = { start: { dateTime: '2026-03-31T10:00:00Z' }, end: { dateTime: '2026-03-31T11:00:00Z' } };
    const { items } = await changesBy(standIn, EVENTS, { maxResults: 2500 }, () => {
      expect(standIn.moveInstance(ANNA, id, '2026-03-30T16:00:00Z', moved)).toBe(`${id}_20260330T160000Z`);
      standIn.moveInstance(ANNA, id, '2026-03-30T16:00:00Z', { summary: 'Moved twice' });
    });
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      id: `${id}_20260330T160000Z`,
      recurringEventId: id,
      originalStartTime: { dateTime: '2026-03-30T18:00:00+02:00', timeZone: 'Europe/Berlin' },
      summary: 'Moved twice',
      iCalUID: `${id}@google.com`,
      ...moved,
    });
    expect(items[0]!.recurrence).toBeUndefined();
  });

  it('leave an instance that is only renamed in its place', async () => {
    const standIn = await start();
    const id = standIn.addEvent(ANNA, series);
    const instance = standIn.moveInstance(ANNA, id, '2026-03-30T16:00:00Z', { summary: 'Other' });
    expect((await standIn.get(`${EVENTS}/${instance}`)).body).toMatchObject({
      summary: 'Other',
      start: { dateTime: '2026-03-30T18:00:00+02:00', timeZone: 'Europe/Berlin' },
      end: { dateTime: '2026-03-30T19:00:00+02:00', timeZone: 'Europe/Berlin' },
    });
  });

  it('tell of a deleted series and its exceptions with little more than ids', async () => {
    const standIn = await start();
    const id = standIn.addEvent(ANNA, series);
    const instance = standIn.moveInstance(ANNA, id, '2026-03-23T17:00:00Z', { summary: 'Other' });
    const { items } = await changesBy(standIn, EVENTS, { maxResults: 2500 }, () =>
      standIn.deleteEvent(ANNA, id),
    );
    expect(items.map((event) => event.id)).toEqual([id, instance]);
    expect(items[0]).toEqual({ kind: 'calendar#event', etag: expect.any(String), id, status: 'cancelled' });
    expect((await standIn.get(`${EVENTS}/${id}`)).body).toMatchObject({
      status: 'cancelled',
      summary: 'Yoga',
    });
  });

  it('list the instances of a series, page by page', async () => {
    const standIn = await start();
    const id = standIn.addEvent(ANNA, series);
    standIn.cancelInstance(ANNA, id, '2026-03-23T17:00:00Z');
    const ids: string[] = [];
    await readList(standIn, `${EVENTS}/${id}/instances`, { maxResults: 3 }, ({ items }) => {
      ids.push(...items.map((event) => event.id!));
    });
    expect(ids).toEqual(['0330', '0406', '0413', '0420'].map((day) => `${id}_2026${day}T160000Z`));
  });

  it('tell of calendars that come, change and go', async () => {
    const standIn = await start();
    let [added, team] = ['', ''];
    await readList(standIn, CALENDARS, {}, ({ items }) => {
      team = items.find(({ summary }) => summary === 'Team')!.id!;
    });
    const { items } = await changesBy(standIn, CALENDARS, {}, () => {
      added = standIn.addCalendar(ANNA, { summary: 'Garden' });
      standIn.removeCalendar(ANNA, team);
    });
    expect(items).toMatchObject([
      { id: team, deleted: true },
      { id: added, summary: 'Garden', accessRole: 'owner' },
    ]);
    expect((await standIn.get(`/calendar/v3/calendars/${encodeURIComponent(team)}/events`)).status).toBe(404);
  });
});
