import { NothingThereError } from '@switchyard/google-stand-in';
import fc from 'fast-check';
import { DATABASE_KINDS } from '../spec-support/databases.js';
import { startLab, type ConnectedUser, type Lab, type Process } from '../spec-support/lab.js';
import { createCalendarSync, type CalendarSyncOptions } from './calendar-sync.js';
import { expandEvents } from './expand-events.js';

const RUNS = 10;
const ZONE = 'Europe/Berlin';
/** In it the clocks are put forward. */
const SPAN = { from: new Date('2026-02-28T12:00:00Z'), to: new Date('2026-04-15T12:00:00Z') };

/** What happens to a calendar; `at` says to which of its events, `day` on which day of March, or to which instance. */
const change = fc.record({
  what: fc.constantFrom(
    ...([
      'add',
      'add-days',
      'add-series',
      'add-series',
      'add-series-of-days',
      'change',
      'change-series',
    ] as const),
    ...(['move', 'move', 'cancel', 'cancel', 'delete', 'expire', 'end-series', 'add-calendar'] as const),
    'delete-calendar' as const,
  ),
  at: fc.nat({ max: 20 }),
  day: fc.integer({ min: 1, max: 31 }),
  hour: fc.integer({ min: 6, max: 20 }),
  rule: fc.constantFrom('FREQ=DAILY', 'FREQ=DAILY;COUNT=9', 'FREQ=WEEKLY', 'FREQ=DAILY;INTERVAL=3'),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
/** Before a sync, and between its pages. */
const step = fc.record({
  before: fc.array(change, { maxLength: 8 }),
  between: fc.array(change, { maxLength: 3 }),
  diesAfterPage: fc.option(fc.nat({ max: 2 }), { freq: 3 }),
});

const two = (number: number) => String(number).padStart(2, '0');
const dateOf = (day: number) => new Date(Date.UTC(2026, 2, day)).toISOString().slice(0, 10);
const timeOf = (day: number, hour: number) => ({
  dateTime: `${dateOf(day)}T${two(hour)}:00:00`,
  timeZone: ZONE,
});
const timed = ({ day, hour }: Change) => ({
  summary: `at ${hour}`,
  start: withOffset(timeOf(day, hour)),
  end: withOffset(timeOf(day, hour + 1)),
});
const allDay = ({ day }: Change) => ({
  summary: 'all day',
  start: { date: dateOf(day) },
  end: { date: dateOf(day + 2) },
});
/** Summer begins on the 29th. */
function withOffset({ dateTime, timeZone }: ReturnType<typeof timeOf>) {
  return { dateTime: `${dateTime}${dateTime < '2026-03-29T02' ? '+01:00' : '+02:00'}`, timeZone };
}

describe.each(DATABASE_KINDS)('any history of a calendar, on the %s database', (kind) => {
  let lab: Lab;
  let people = 0;
  beforeAll(async () => {
    const users = Array.from({ length: RUNS }, (_, n) => ({
      email: `user${n}@example.com`,
      timeZone: ZONE,
      contacts: 0,
      events: 0,
      series: false,
    }));
    lab = await startLab(kind, { users });
  });
  afterAll(() => lab.stop());

  /** Applies a change at Google; nothing where it does not fit. Returns the ids that were given out until then. */
  function apply(owner: string, ids: readonly string[], one: Change): string[] {
    const id = ids[one.at % Math.max(1, ids.length)] ?? 'none';
    const add = (fields: Parameters<Lab['google']['addEvent']>[1]) => [
      ...ids,
      lab.google.addEvent(owner, fields),
    ];
    const recurrence = [`RRULE:${one.rule}`];
    const instance = `${dateOf(one.day)}T${two(one.hour)}:00:00${one.day < 29 ? '+01:00' : '+02:00'}`;
    try {
      if (one.what === 'add') return add(timed(one));
      if (one.what === 'add-days') return add(allDay(one));
      if (one.what === 'add-series') return add({ ...timed({ ...one, day: one.at + 1 }), recurrence });
      if (one.what === 'add-series-of-days')
        return add({ ...allDay(one), recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] });
      if (one.what === 'change') lab.google.changeEvent(owner, id, { summary: `renamed ${one.hour}` });
      if (one.what === 'change-series') lab.google.changeSeries(owner, id, { ...timed(one), recurrence });
      if (one.what === 'end-series')
        lab.google.changeSeries(owner, id, { recurrence: [`RRULE:FREQ=DAILY;COUNT=${one.day}`] });
      if (one.what === 'move')
        lab.google.moveInstance(owner, id, instance, { ...timed({ ...one, hour: 5 }) });
      if (one.what === 'cancel') lab.google.cancelInstance(owner, id, instance);
      if (one.what === 'delete') lab.google.deleteEvent(owner, id);
      if (one.what === 'expire') lab.google.expireSyncTokens({ user: owner });
      if (one.what === 'add-calendar') {
        const calendar = lab.google.addCalendar(owner, { summary: 'Another' });
        lab.google.addEvent(owner, timed(one), calendar);
        return [...ids, calendar];
      }
      if (one.what === 'delete-calendar' && id.includes('@')) lab.google.deleteCalendar(id);
    } catch (error) {
      if (!(error instanceof NothingThereError)) throw error;
    }
    return [...ids];
  }

  async function sync(one: ConnectedUser, google: Process['google'], options: CalendarSyncOptions = {}) {
    const { data, now, newId } = lab;
    return await createCalendarSync({ data, google, now, newId, pageSize: 3 }).sync(one.account.id, options);
  }

  const rowsOf = async ({ user }: ConnectedUser) => {
    const calendars = await lab.data.calendars.ofUser(user.id);
    const rows = await Promise.all(calendars.map(({ id }) => lab.data.events.list(id, { limit: 10_000 })));
    return { calendars, events: rows.flat() };
  };

  /** What Google itself makes of the user's series. */
  async function listedByGoogle(email: string): Promise<string[]> {
    const query = new URLSearchParams({
      singleEvents: 'true',
      timeMin: SPAN.from.toISOString(),
      timeMax: SPAN.to.toISOString(),
      maxResults: '2500',
    });
    const answer = await fetch(`${lab.google.url}/calendar/v3/calendars/primary/events?${query}`, {
      headers: { authorization: `Bearer ${lab.google.grant(email).accessToken}` },
    });
    const { items } = (await answer.json()) as {
      items: { summary: string; start: Record<string, string> }[];
    };
    return items.map(
      ({ summary, start }) => `${summary} ${start.date ?? new Date(start.dateTime!).toISOString()}`,
    );
  }

  it('ends with what a full sync says, and with what Google makes of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        const { google } = lab.process;
        const email = `user${people++}@example.com`;
        const one = await lab.addUser(email, { timeZone: ZONE });
        await sync(one, google);
        for (const { externalId, isPrimary } of await lab.data.calendars.ofUser(one.user.id))
          if (!isPrimary) lab.google.removeCalendar(email, externalId);
        let ids: string[] = [];
        for (const { before, between, diesAfterPage } of steps) {
          lab.advance({ seconds: 60 });
          for (const each of before) ids = apply(email, ids, each);
          const waiting = [...between];
          const abort = new AbortController();
          const { calendar } = google;
          async function* listEventPages(...asked: Parameters<typeof calendar.listEventPages>) {
            let page = 0;
            for await (const each of calendar.listEventPages(...asked)) {
              yield each;
              for (const late of waiting.splice(0, 1)) ids = apply(email, ids, late);
              if (page++ === diesAfterPage) abort.abort();
            }
          }
          const interrupted = { ...google, calendar: { ...calendar, listEventPages } };
          await sync(one, interrupted, { signal: abort.signal }).catch((error: unknown) =>
            expect(error).toBe(abort.signal.reason),
          );
        }
        expect(await sync(one, google)).toMatchObject({ report: { failed: [] } });
        const incremental = await rowsOf(one);
        lab.advance({ seconds: 60 });
        await sync(one, google, { full: true });
        expect(await rowsOf(one)).toEqual(incremental);

        const primary = incremental.calendars.find(({ isPrimary }) => isPrimary);
        const ofPrimary = incremental.events.filter(({ calendarId }) => calendarId === primary?.id);
        const { occurrences, rejected } = expandEvents(ofPrimary, { ...SPAN, timeZone: ZONE });
        expect(rejected).toEqual([]);
        const expanded = occurrences.map(({ event, start, isAllDay }) => {
          const on = isAllDay ? start.toLocaleDateString('sv', { timeZone: ZONE }) : start.toISOString();
          return `${event.summary} ${on}`;
        });
        expect(expanded.sort()).toEqual((await listedByGoogle(email)).sort());
      }),
      // Shrinking takes minutes.
      { numRuns: RUNS, endOnFailure: true },
    );
  });
});
