/** What clocks show, computed from Intl alone, so that engines are not checked against a cron parser of their own. */
export interface WallClock {
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();

export function wallClock(atMs: number, timeZone: string): WallClock & { readonly year: number } {
  let format = formats.get(timeZone);
  if (!format) {
    const digits = 'numeric';
    format = new Intl.DateTimeFormat('en-u-hc-h23', {
      timeZone,
      ...{ year: digits, month: digits, day: digits, hour: digits, minute: digits },
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? Number.NaN;
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
  };
}

/** The first minute after `afterMs` at which clocks in the zone show this; within 400 days. */
export function nextTimeOnTheClock(shown: Partial<WallClock>, timeZone: string, afterMs: number): number {
  const wanted = Object.entries(shown) as [keyof WallClock, number][];
  const start = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  for (let atMs = start; atMs < afterMs + 400 * 24 * HOUR_MS;) {
    const clock = wallClock(atMs, timeZone);
    if (wanted.every(([unit, value]) => clock[unit] === value)) return atMs;
    const isOtherDay = (shown.day ?? clock.day) !== clock.day || (shown.month ?? clock.month) !== clock.month;
    // Far from the day, an hour at a time; clocks change at full hours or halves of them.
    atMs += isOtherDay && clock.minute === 0 && clock.hour < 22 ? HOUR_MS : MINUTE_MS;
  }
  throw new Error(`clocks in ${timeZone} never show ${JSON.stringify(shown)}`);
}

/** The next moments at which the zone's clocks are put forward and back, in ms since the epoch. */
export function nextClockChanges(timeZone: string, afterMs: number): { forward: number; back: number } {
  const found: { forward?: number; back?: number } = {};
  const start = Math.floor(afterMs / HOUR_MS) * HOUR_MS + HOUR_MS;
  for (let atMs = start; found.forward === undefined || found.back === undefined; atMs += HOUR_MS) {
    if (atMs > afterMs + 800 * 24 * HOUR_MS) throw new Error(`clocks in ${timeZone} never change`);
    const before = wallClock(atMs - HOUR_MS, timeZone).hour;
    const step = (wallClock(atMs, timeZone).hour - before + 24) % 24;
    if (step > 1) found.forward ??= atMs;
    if (step === 0) found.back ??= atMs;
  }
  return { forward: found.forward, back: found.back };
}
