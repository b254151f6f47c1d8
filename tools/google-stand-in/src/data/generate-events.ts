import type { calendar_v3 } from '@googleapis/calendar';
import { Temporal } from 'temporal-polyfill';
import { atWallTime, onDate } from '../calendar/event-times.js';
import { occurrencesOf } from '../calendar/occurrences.js';
import { createRandom, deriveId, type Random } from '../random.js';
import { createEvent, createException, type EventFields } from './event.js';
import { SERIES } from './series.js';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface EventsOf {
  readonly calendarId: string;
  readonly timeZone: string;
  /** How many events besides the fixed series and their exceptions. */
  readonly count: number;
  readonly withSeries: boolean;
  /** Email addresses that attendees are drawn from. */
  readonly people: readonly string[];
}

const TITLES = [
  'Lunch',
  'Call',
  'Review',
  'Dentist',
  'Coffee ☕',
  'Interview',
  'Träumerei',
  '',
  'Flight LH 454',
] as const;

/** The events of a calendar within about half a year around the anchor, deterministic by seed and calendar. */
export function generateEvents(seed: number, anchorMs: number, of: EventsOf): calendar_v3.Schema$Event[] {
  const random = createRandom(seed, `events of ${of.calendarId}`);
  const today = Temporal.Instant.fromEpochMilliseconds(anchorMs).toZonedDateTimeISO('UTC').toPlainDate();
  const events: calendar_v3.Schema$Event[] = [];
  const writtenAt = (): Date => new Date(anchorMs - random.between(1, 200) * DAY_MS);
  const add = (label: string, fields: EventFields): calendar_v3.Schema$Event => {
    const at = writtenAt();
    const id = deriveId(seed, `event ${of.calendarId} ${label}`, 26);
    const event = createEvent(of.calendarId, id, fields, { createdAt: at, writtenAt: at, revision: 0 });
    events.push(event);
    return event;
  };

  if (of.withSeries)
    for (const [label, fields] of SERIES(today)) {
      const master = add(`series ${label}`, fields);
      events.push(...exceptionsOf(master, random, anchorMs, writtenAt));
    }
  for (let at = 0; at < of.count; at += 1) add(`single ${at}`, draftEvent(random, today, of));
  return events;
}

/** Of the instances around the anchor, some were moved, some renamed, some cancelled. */
function exceptionsOf(
  master: calendar_v3.Schema$Event,
  random: Random,
  anchorMs: number,
  writtenAt: () => Date,
): calendar_v3.Schema$Event[] {
  const starts = occurrencesOf(master, anchorMs - 60 * DAY_MS, anchorMs + 60 * DAY_MS);
  return starts.flatMap((start) => {
    if (!random.chance(0.12)) return [];
    const written = { writtenAt: writtenAt(), revision: 1 };
    const kind = start.date ? 'cancelled' : random.pick(['moved', 'renamed', 'cancelled']);
    if (kind === 'cancelled') return [createException(master, start, { status: 'cancelled' }, written)];
    if (kind === 'renamed') return [createException(master, start, { summary: 'Renamed' }, written)];
    return [
      createException(master, start, timesOf(master, start, random.pick([-26, -1, 1, 3, 49])), written),
    ];
  });
}

function timesOf(
  master: calendar_v3.Schema$Event,
  start: calendar_v3.Schema$EventDateTime,
  shiftHours: number,
): Pick<EventFields, 'start' | 'end'> {
  const zone = start.timeZone ?? 'UTC';
  const length = Temporal.Instant.from(master.start!.dateTime!).until(master.end!.dateTime!);
  const from = Temporal.Instant.from(start.dateTime!).toZonedDateTimeISO(zone).add({ hours: shiftHours });
  return {
    start: atWallTime(from.toPlainDateTime().toString(), zone),
    end: atWallTime(from.add(length).toPlainDateTime().toString(), zone),
  };
}

function draftEvent(random: Random, today: Temporal.PlainDate, of: EventsOf): EventFields {
  const date = today.add({ days: random.between(-180, 180) });
  const extras: EventFields = {
    summary: random.pick(TITLES),
    ...(random.chance(0.15) && { transparency: 'transparent' }),
    ...(random.chance(0.1) && { visibility: 'private' }),
    ...(random.chance(0.1) && { status: 'tentative' }),
    ...(random.chance(0.2) && { location: 'Unter den Linden 1, Berlin' }),
  };
  if (random.chance(0.15)) {
    const end = date.add({ days: random.between(1, 4) });
    return { ...extras, start: onDate(date.toString()), end: onDate(end.toString()) };
  }
  // A traveller's event keeps the zone it was made in.
  const zone = random.chance(0.2)
    ? random.pick(['America/New_York', 'Asia/Tokyo', 'Australia/Lord_Howe'])
    : of.timeZone;
  const start = date.toPlainDateTime({ hour: random.between(7, 21), minute: random.pick([0, 15, 30, 45]) });
  const end = start.add({ minutes: random.pick([0, 15, 30, 60, 90, 480]) });
  return {
    ...extras,
    start: atWallTime(start.toString(), zone),
    end: atWallTime(end.toString(), zone),
    ...(of.people.length > 0 && random.chance(0.6) && { attendees: draftAttendees(random, of) }),
  };
}

function draftAttendees(random: Random, of: EventsOf): calendar_v3.Schema$EventAttendee[] {
  const others = new Set(Array.from({ length: random.between(1, 3) }, () => random.pick(of.people)));
  const self = { email: of.calendarId, self: true, organizer: true };
  return [
    { ...self, responseStatus: random.chance(0.1) ? 'declined' : 'accepted' },
    ...[...others].map((email) => ({
      email,
      responseStatus: random.pick(['accepted', 'needsAction', 'tentative', 'declined']),
    })),
  ];
}
