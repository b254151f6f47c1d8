import { dumpTables } from '@switchyard/catchup-data/testing';
import { DATABASE_KINDS } from '../spec-support/databases.js';
import { startLab, type ConnectedUser, type Lab, type Process } from '../spec-support/lab.js';
import { createCalendarSync, type CalendarSyncOptions } from './calendar-sync.js';

const PAGE_SIZE = 20;

describe.each(DATABASE_KINDS)('changes of a calendar on the %s database', (kind) => {
  let lab: Lab;
  let people = 0;
  beforeAll(async () => {
    const users = Array.from({ length: 4 }, (_, n) => ({
      email: `user${n}@example.com`,
      contacts: 0,
      events: 40,
    }));
    lab = await startLab(kind, { users });
  });
  afterAll(() => lab.stop());

  const someone = (): Promise<ConnectedUser> => lab.addUser(`user${people++}@example.com`);
  async function sync(
    { account }: ConnectedUser,
    options?: CalendarSyncOptions,
    google: Process['google'] = lab.process.google,
  ) {
    const parts = { data: lab.data, google, now: lab.now, newId: lab.newId, pageSize: PAGE_SIZE };
    const outcome = await createCalendarSync(parts).sync(account.id, options);
    if (outcome.state !== 'synced') throw new Error(`expected a report, it was ${outcome.state}`);
    expect(outcome.report.failed).toEqual([]);
    return outcome.report;
  }
  const eventsOf = async ({ user }: ConnectedUser) => {
    const primary = (await lab.data.calendars.ofUser(user.id)).find(({ isPrimary }) => isPrimary);
    return await lab.data.events.list(primary?.id as string, { limit: 10_000 });
  };
  /** Google, with something that happens after each page of the primary calendar. */
  const between = (one: ConnectedUser, happens: (page: number) => void): Process['google'] => {
    const { calendar } = lab.process.google;
    async function* listEventPages(...asked: Parameters<typeof calendar.listEventPages>) {
      let page = 0;
      for await (const listed of calendar.listEventPages(...asked)) {
        yield listed;
        if (asked[1] === one.user.email && listed.nextSyncToken === undefined) happens(++page);
      }
    }
    return { ...lab.process.google, calendar: { ...calendar, listEventPages } };
  };

  it('a series that is deleted goes with its exceptions, and a full sync finds it gone', async () => {
    const one = await someone();
    await sync(one);
    const exception = (await eventsOf(one)).find(({ recurringEventExternalId: series }) => series !== null);
    const series = exception?.recurringEventExternalId as string;
    lab.google.deleteEvent(one.user.email, series);
    await sync(one);
    const ofSeries = (await eventsOf(one)).filter(({ externalId, recurringEventExternalId }) =>
      [externalId, recurringEventExternalId].includes(series),
    );
    expect(ofSeries).toEqual([]);
    const before = (await dumpTables(lab.data)).events;
    lab.advance({ seconds: 60 });
    await sync(one, { full: true });
    expect((await dumpTables(lab.data)).events).toEqual(before);
  });

  it('whatever happens between two pages, the next sync has all of it', async () => {
    const one = await someone();
    const { email } = one.user;
    const added: string[] = [];
    const busy = between(one, (page) => {
      lab.google.addEvent(email, {
        summary: `Between ${page}`,
        start: { dateTime: '2026-03-03T10:00:00Z' },
        end: { dateTime: '2026-03-03T11:00:00Z' },
      });
      const id = lab.google.addEvent(email, {
        summary: 'Gone at once',
        start: { date: '2026-03-04' },
        end: { date: '2026-03-05' },
      });
      lab.google.deleteEvent(email, id);
      added.push(`Between ${page}`);
    });
    await sync(one, {}, busy);
    expect(added.length).toBeGreaterThan(1);
    const known = (await eventsOf(one)).filter(({ recurrence, recurringEventExternalId }) => {
      return recurrence.length === 0 && recurringEventExternalId === null;
    });
    const [deleted, changed] = known.filter(({ summary }) => !summary?.startsWith('Between'));
    const changing = between(one, (page) => {
      if (page > 1) return;
      lab.google.deleteEvent(email, deleted?.externalId as string);
      lab.google.changeEvent(email, changed?.externalId as string, { summary: 'Changed' });
    });
    await sync(one, { full: true }, changing);
    await sync(one);
    const after = await eventsOf(one);
    expect(after.map(({ summary }) => summary)).toEqual(expect.arrayContaining([...added, 'Changed']));
    expect(after.map(({ summary }) => summary)).not.toContain('Gone at once');
    expect(after.map(({ id }) => id)).not.toContain(deleted?.id);
    await sync(one, { full: true });
    expect(await eventsOf(one)).toEqual(after);
  });
});
