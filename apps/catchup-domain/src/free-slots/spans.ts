/** A stretch of time, from its start up to, not including, its end. */
export interface Span {
  readonly start: Date;
  readonly end: Date;
}

/** The same time in as few spans as possible, in order. Spans without length are none. */
export function united(spans: readonly Span[]): Span[] {
  const sorted = spans
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start.getTime() - b.start.getTime());
  const merged: Span[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (!last || span.start > last.end) merged.push({ start: span.start, end: span.end });
    else if (span.end > last.end) merged[merged.length - 1] = { start: last.start, end: span.end };
  }
  return merged;
}

/** What is in some of `spans` and in none of `others`, in order. */
export function without(spans: readonly Span[], others: readonly Span[]): Span[] {
  const taken = united(others);
  const left: Span[] = [];
  let at = 0;
  for (const { start, end } of united(spans)) {
    let cursor = start;
    // Spans come in order: what ended before this one concerns none that follows either.
    while ((taken[at]?.end ?? end) <= start && at < taken.length) at++;
    for (let index = at; index < taken.length; index++) {
      const other = taken[index] as Span;
      if (other.start >= end) break;
      if (other.start > cursor) left.push({ start: cursor, end: other.start });
      if (other.end > cursor) cursor = other.end;
    }
    if (cursor < end) left.push({ start: cursor, end });
  }
  return left;
}

/** Both ends moved out by so much. */
export const widened = (spans: readonly Span[], ms: number): Span[] =>
  spans.map(({ start, end }) => ({
    start: new Date(start.getTime() - ms),
    end: new Date(end.getTime() + ms),
  }));

/** What of them lies within a window. */
export const clipped = (spans: readonly Span[], { start, end }: Span): Span[] =>
  spans
    .map((span) => ({
      start: span.start > start ? span.start : start,
      end: span.end < end ? span.end : end,
    }))
    .filter((span) => span.start < span.end);
