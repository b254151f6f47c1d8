/** A time when the user is free. */
export interface FreeTime {
  readonly start: Date;
  readonly end: Date;
}

/** A call to find a time for. */
export interface Call {
  readonly contactId: string;
  /** The time it already has; kept while it is free. */
  readonly current?: FreeTime;
  /** The day to be preferred, as instants from inclusive to exclusive: a birthday. */
  readonly preferredDay?: FreeTime;
}

/** Why this time and no other. */
export type SlotReason = 'kept' | 'on-preferred-day' | 'earliest';

export interface ChosenSlot extends FreeTime {
  readonly contactId: string;
  readonly reason: SlotReason;
}

/**
 * Finds each call a time of its own, in the order given: who comes first chooses first, but nobody loses a time that
 * is still free. Calls for which nothing is left have none. Pure.
 *
 * @param free times that do not overlap, in any order
 * @param callMinutes length of a call; whole, above 0
 * @param earliestStart of calls that have no time yet
 */
export function chooseSlots(
  calls: readonly Call[],
  free: readonly FreeTime[],
  callMinutes: number,
  earliestStart?: Date,
): ReadonlyMap<string, ChosenSlot> {
  if (!Number.isSafeInteger(callMinutes) || callMinutes <= 0)
    throw new RangeError(`callMinutes must be a whole number above 0, not ${callMinutes}`);
  const lengthMs = callMinutes * 60_000;
  let left = [...free].sort((a, b) => a.start.getTime() - b.start.getTime());
  const chosen = new Map<string, ChosenSlot>();

  const take = (contactId: string, slot: FreeTime, reason: SlotReason) => {
    left = left.flatMap((time) => without(time, slot));
    chosen.set(contactId, { contactId, start: slot.start, end: slot.end, reason });
  };
  for (const { contactId, current } of calls) {
    const isRightLength = current && current.end.getTime() - current.start.getTime() === lengthMs;
    if (isRightLength && left.some((time) => isWithin(current, time))) take(contactId, current, 'kept');
  }
  if (earliestStart) left = left.flatMap((time) => from(earliestStart, time));
  for (const { contactId, preferredDay } of calls) {
    if (chosen.has(contactId)) continue;
    const onDay =
      preferredDay &&
      firstWithin(
        left.flatMap((time) => overlap(time, preferredDay)),
        lengthMs,
      );
    if (onDay) take(contactId, onDay, 'on-preferred-day');
    else {
      const earliest = firstWithin(left, lengthMs);
      if (earliest) take(contactId, earliest, 'earliest');
    }
  }
  return chosen;
}

const isWithin = (inner: FreeTime, outer: FreeTime) => inner.start >= outer.start && inner.end <= outer.end;

function firstWithin(times: readonly FreeTime[], lengthMs: number): FreeTime | undefined {
  const time = times.find(({ start, end }) => end.getTime() - start.getTime() >= lengthMs);
  return time && { start: time.start, end: new Date(time.start.getTime() + lengthMs) };
}

const from = (start: Date, time: FreeTime): FreeTime[] =>
  time.end <= start ? [] : [time.start >= start ? time : { start, end: time.end }];

function overlap(a: FreeTime, b: FreeTime): FreeTime[] {
  const start = a.start > b.start ? a.start : b.start;
  const end = a.end < b.end ? a.end : b.end;
  return start < end ? [{ start, end }] : [];
}

function without(time: FreeTime, taken: FreeTime): FreeTime[] {
  if (taken.end <= time.start || taken.start >= time.end) return [time];
  return [
    ...(time.start < taken.start ? [{ start: time.start, end: taken.start }] : []),
    ...(taken.end < time.end ? [{ start: taken.end, end: time.end }] : []),
  ];
}
