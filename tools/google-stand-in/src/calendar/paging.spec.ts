import type { calendar_v3 } from '@googleapis/calendar';
import fc from 'fast-check';
import { inTurn, readList } from '../spec-support/paging-client.js';
import { useStandIns, type Body, type StartedStandIn } from '../spec-support/started-stand-in.js';

type Event = calendar_v3.Schema$Event;

const PATH = '/calendar/v3/calendars/primary/events';
const ANNA = 'anna@example.com';
const RANGE = { timeMin: '2026-03-01T00:00:00Z', timeMax: '2026-05-01T00:00:00Z' };

/** A thousand requests or so, on a machine that may be busy. */
const TIMEOUT_MS = 60_000;

const CHANGES = ['add', 'change', 'delete', 'move', 'cancel', 'reschedule', 'rename', 'end', 'none'] as const;
const change = fc.record({
  what: fc.constantFrom(...CHANGES),
  at: fc.nat(),
  hours: fc.integer({ min: -900, max: 900 }),
});

/** Twenty Thursdays in Berlin, across the change of clocks. */
const THURSDAYS = {
  summary: 'Choir',
  start: { dateTime: '2026-02-12T19:00:00+01:00', timeZone: 'Europe/Berlin' },
  end: { dateTime: '2026-02-12T21:00:00+01:00', timeZone: 'Europe/Berlin' },
  recurrence: ['RRULE:FREQ=WEEKLY;COUNT=20'],
};
const FIRST_MS = Date.parse('2026-02-12T18:00:00Z');
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** Where the given Thursday of the series as it began would start. */
function originalStart(at: number): string {
  const winterMs = FIRST_MS + (at % 20) * WEEK_MS;
  return new Date(
    winterMs < Date.parse('2026-03-29T01:00:00Z') ? winterMs : winterMs - 3_600_000,
  ).toISOString();
}

describe('events that change while somebody pages', () => {
  const start = useStandIns();

  it.each([
    ['masters and exceptions', {}],
    ['single instances', { singleEvents: true, ...RANGE }],
  ])(
    'are neither missed nor invented once the lists of changes are in: %s',
    async (_, query) => {
      const { singleEvents } = query as { singleEvents?: boolean };
      await fc.assert(
        fc.asyncProperty(
          fc.array(change, { maxLength: 20 }),
          fc.integer({ min: 3, max: 12 }),
          async (changes, maxResults) => {
            const standIn = await start({ users: [{ email: ANNA, contacts: 0, events: 15, series: false }] });
            const series = standIn.addEvent(ANNA, THURSDAYS);
            const { items } = (await standIn.get(PATH, { maxResults: 2500 })).body;
            const others = items.map(({ id }) => id!).filter((id) => id !== series);
            const disturb = inTurn(changes, disturber(standIn, series, others));

            const known = new Map<string, Event>();
            const apply = ({ items }: Body): void => {
              for (const event of items)
                if (event.status === 'cancelled' && (singleEvents || !event.recurringEventId))
                  known.delete(event.id!);
                else known.set(event.id!, event);
            };
            let syncToken = await readList(standIn, PATH, { ...query, maxResults }, apply, disturb);
            for (let round = 0; round < 3; round += 1)
              syncToken = await readList(
                standIn,
                PATH,
                { singleEvents, maxResults, syncToken },
                apply,
                round < 2 ? disturb : undefined,
              );

            const all = new Map<string, Event>();
            await readList(standIn, PATH, { ...query, maxResults: 2500 }, ({ items }) => {
              for (const event of items) all.set(event.id!, event);
            });
            expect(comparable(known, singleEvents)).toEqual(comparable(all, singleEvents));
            await standIn.stop();
          },
        ),
        { seed: 20_260_316, numRuns: 12 },
      );
    },
    TIMEOUT_MS,
  );
});

function disturber(standIn: StartedStandIn, series: string, others: readonly string[]) {
  const ids = [...others];
  let alive = true;
  return ({ what, at, hours }: { what: (typeof CHANGES)[number]; at: number; hours: number }): void => {
    const startMs = Date.parse('2026-03-20T12:00:00Z') + hours * 3_600_000;
    const times = {
      start: { dateTime: new Date(startMs).toISOString() },
      end: { dateTime: new Date(startMs + 1_800_000).toISOString() },
    };
    const id = ids[at % Math.max(1, ids.length)];
    if (what === 'add') ids.push(standIn.addEvent(ANNA, { summary: `new ${at}`, ...times }));
    if (what === 'change' && id) standIn.changeEvent(ANNA, id, { summary: 'changed', ...times });
    if (what === 'delete' && id) standIn.deleteEvent(ANNA, ids.splice(at % ids.length, 1)[0]!);
    if (what === 'end' && alive) {
      standIn.deleteEvent(ANNA, series);
      alive = false;
    }
    if (!alive) return;
    if (what === 'rename') standIn.changeSeries(ANNA, series, { summary: `choir ${at}` });
    // An instance that the series no longer has cannot be changed.
    const tryInstance = (act: () => void): void => {
      try {
        act();
      } catch (error) {
        if ((error as { code?: string }).code !== 'ERR_GOOGLE_STAND_IN_NOTHING_THERE') throw error;
      }
    };
    if (what === 'move') tryInstance(() => standIn.moveInstance(ANNA, series, originalStart(at), times));
    if (what === 'cancel') tryInstance(() => standIn.cancelInstance(ANNA, series, originalStart(at)));
    if (what === 'reschedule') {
      const hour = String(10 + (at % 10));
      const at19 = (text: string): string => text.replace(/T\d\d/, `T${hour}`);
      standIn.changeSeries(ANNA, series, {
        start: { ...THURSDAYS.start, dateTime: at19(THURSDAYS.start.dateTime) },
        end: { ...THURSDAYS.end, dateTime: at19(THURSDAYS.end.dateTime) },
        recurrence: [`RRULE:FREQ=WEEKLY;COUNT=${4 + (at % 16)}`],
      });
    }
  };
}

/** Without what lies outside the range of an expansion, and without exceptions whose series is gone. */
function comparable(
  events: ReadonlyMap<string, Event>,
  singleEvents: boolean | undefined,
): [string, Event][] {
  const [minMs, maxMs] = [Date.parse(RANGE.timeMin), Date.parse(RANGE.timeMax)];
  const inRange = ({ start, end }: Event): boolean =>
    Date.parse(end!.dateTime ?? `${end!.date}T00:00:00+01:00`) > minMs &&
    Date.parse(start!.dateTime ?? `${start!.date}T00:00:00+02:00`) < maxMs;
  return [...events]
    .filter(([, event]) =>
      singleEvents ? inRange(event) : !event.recurringEventId || events.has(event.recurringEventId),
    )
    .sort(([one], [other]) => (one < other ? -1 : 1));
}
