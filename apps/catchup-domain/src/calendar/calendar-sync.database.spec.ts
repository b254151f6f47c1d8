import { dumpTables } from '@switchyard/catchup-data/testing';
import { DATABASE_KINDS } from '../spec-support/databases.js';
import { rejection, startLab, type ConnectedUser, type Lab } from '../spec-support/lab.js';
import { createCalendarSync, type CalendarSyncOptions } from './calendar-sync.js';

const PAGE_SIZE = 20;
const LIST = 'calendar.events.list';

describe.each(DATABASE_KINDS)('a sync of calendars on the %s database', (kind) => {
  let lab: Lab;
  let people = 0;
  beforeAll(async () => {
    const users = Array.from({ length: 12 }, (_, n) => ({
      email: `user${n}@example.com`,
      contacts: 0,
      events: 40,
    }));
    lab = await startLab(kind, { users });
  });
  afterAll(() => lab.stop());
  afterEach(() => lab.google.setFaults([]));

  const someone = (): Promise<ConnectedUser> => lab.addUser(`user${people++}@example.com`);
  const sync = async ({ account }: ConnectedUser, options?: CalendarSyncOptions) => {
    const outcome = await createCalendarSync({
      ...lab.process,
      now: lab.now,
      newId: lab.newId,
      pageSize: PAGE_SIZE,
    }).sync(account.id, options);
    if (outcome.state !== 'synced') throw new Error(`expected a report, it was ${outcome.state}`);
    return outcome.report;
  };
  const primaryOf = async ({ user }: ConnectedUser) => {
    const found = (await lab.data.calendars.ofUser(user.id)).find(({ isPrimary }) => isPrimary);
    if (!found) throw new Error('no primary calendar');
    return found;
  };
  const eventsOf = async (one: ConnectedUser) =>
    lab.data.events.list((await primaryOf(one)).id, { limit: 10_000 });
  const ofPrimary = async (one: ConnectedUser, report: Awaited<ReturnType<typeof sync>>) => {
    const { id } = await primaryOf(one);
    return report.events.find(({ calendarId }) => calendarId === id);
  };

  it('refuses an account that is not there', async () => {
    const { process, now, newId } = lab;
    const nobody = createCalendarSync({ ...process, now, newId }).sync('nobody');
    expect(await rejection(nobody)).toMatchObject({ code: 'ERR_DOMAIN_UNKNOWN_ACCOUNT' });
  });

  it('reads every calendar, and changes nothing the second time, full or incremental', async () => {
    const one = await someone();
    const first = await sync(one);
    expect(first.calendars.added).toBeGreaterThan(1);
    expect(first.failed).toEqual([]);
    expect((await ofPrimary(one, first))?.pages).toBeGreaterThan(1);
    const before = await dumpTables(lab.data);
    const ofRows = ({ syncState: _, ...rows }: typeof before) => rows;
    lab.advance({ seconds: 60 });
    for (const full of [false, true]) {
      const again = await sync(one, { full });
      for (const { added, changed, removed, kind: how } of [
        ...again.events,
        { ...again.calendars, kind: full ? 'full' : 'incremental' },
      ])
        expect({ added, changed, removed, how }).toEqual({
          added: 0,
          changed: 0,
          removed: 0,
          how: full ? 'full' : 'incremental',
        });
    }
    // Of the sync itself it is noted that it ran.
    expect(ofRows(await dumpTables(lab.data))).toEqual(ofRows(before));
  });

  it('one calendar that fails stops no other, and is caught up with later', async () => {
    const one = await someone();
    await sync(one);
    const { externalId, id } = await primaryOf(one);
    lab.google.setFaults([{ kind: 'not-found', operation: LIST, calendarId: externalId }]);
    const report = await sync(one);
    expect(report.failed).toEqual([{ calendarId: id, failure: 'ERR_GOOGLE_NOT_FOUND' }]);
    expect(report.events.length).toBeGreaterThan(0);
    expect(await lab.data.syncState.get(one.account.id, `events:${externalId}`)).toMatchObject({
      failureCount: 1,
      lastFailure: 'ERR_GOOGLE_NOT_FOUND',
    });
    lab.google.setFaults([]);
    expect((await sync(one)).failed).toEqual([]);
    expect(await lab.data.syncState.get(one.account.id, `events:${externalId}`)).toMatchObject({
      failureCount: 0,
    });
  });

  it('an expired sync token is followed by a full sync that removes what went in between', async () => {
    const one = await someone();
    await sync(one);
    const [gone] = (await eventsOf(one)).filter(
      ({ recurrence, recurringEventExternalId }) => recurrence.length === 0 && !recurringEventExternalId,
    );
    const { externalId } = await primaryOf(one);
    lab.google.deleteEvent(one.user.email, gone?.externalId as string, externalId);
    lab.google.expireSyncTokens({ user: one.user.email, list: 'events' });
    const report = await sync(one);
    expect(await ofPrimary(one, report)).toMatchObject({
      kind: 'full',
      tokenExpired: true,
      removed: 1,
      added: 0,
    });
    expect((await eventsOf(one)).map(({ id }) => id)).not.toContain(gone?.id);
  });

  it('a token that dies in the middle costs nothing', async () => {
    const one = await someone();
    lab.google.setFaults([{ kind: 'access-token-dies', operation: LIST, page: 'later', times: 1 }]);
    expect((await sync(one)).failed).toEqual([]);
    const fresh = await someone();
    await sync(fresh);
    expect((await eventsOf(one)).length).toBeGreaterThan(30);
  });

  it('a sync that is called off between pages leaves a state from which the next is right', async () => {
    const one = await someone();
    const stop = new AbortController();
    const { process, now, newId } = lab;
    const stopping = {
      ...process.google,
      calendar: {
        ...process.google.calendar,
        async *listEventPages(...asked: Parameters<typeof process.google.calendar.listEventPages>) {
          for await (const page of process.google.calendar.listEventPages(...asked)) {
            yield page;
            stop.abort(new Error('enough'));
          }
        },
      },
    };
    const called = createCalendarSync({ data: lab.data, google: stopping, now, newId, pageSize: PAGE_SIZE });
    expect((await rejection(called.sync(one.account.id, { signal: stop.signal }))).message).toBe('enough');
    const states = await lab.data.syncState.ofAccount(one.account.id);
    expect(states.filter(({ resource }) => resource.startsWith('events:'))).toEqual([]);

    const report = await sync(one);
    expect(report.failed).toEqual([]);
    expect(await sync(one, { full: true })).toMatchObject({ failed: [] });
    const { externalId } = await primaryOf(one);
    const masters = (await eventsOf(one)).filter(({ recurringEventExternalId }) => !recurringEventExternalId);
    expect(masters.length).toBeGreaterThan(30);
    expect(externalId).toBeTruthy();
  });

  it('what changes between two pages is there after the next sync', async () => {
    const one = await someone();
    await sync(one);
    const { externalId } = await primaryOf(one);
    const before = (await eventsOf(one)).length;
    lab.google.addEvent(
      one.user.email,
      {
        summary: 'New',
        start: { dateTime: '2026-03-03T10:00:00+01:00', timeZone: 'Europe/Berlin' },
        end: { dateTime: '2026-03-03T11:00:00+01:00', timeZone: 'Europe/Berlin' },
      },
      externalId,
    );
    expect(await ofPrimary(one, await sync(one))).toMatchObject({
      kind: 'incremental',
      added: 1,
      changed: 0,
    });
    expect(await eventsOf(one)).toHaveLength(before + 1);
  });

  it('of two at once, one is busy', async () => {
    const one = await someone();
    const parts = { ...lab.process, now: lab.now, newId: lab.newId };
    const both = await Promise.all([
      createCalendarSync(parts).sync(one.account.id),
      createCalendarSync(parts).sync(one.account.id),
    ]);
    expect(both.map(({ state }) => state).sort()).toEqual(['busy', 'synced']);
  });
});
