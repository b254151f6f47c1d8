/**
 * Ids as BullMQ stores them. BullMQ refuses integers and most ids with `:`, and a job's key is
 * `<prefix>:<queue>:<id>`, so an id such as `wait` or `meta` would name one of the queue's own keys: an add under it
 * dies or is swallowed as a duplicate. Such ids are stored behind a `~`, with `:` and `%` escaped; all others as
 * they are, so that they stay readable beside stock tools.
 */
export function storedId(id: string): string {
  return isSafe(id) ? id : `~${id.replaceAll('%', '%25').replaceAll(':', '%3A')}`;
}

/** The caller's id for what {@link storedId} made, and for ids that BullMQ made itself. */
export function callerId(stored: string): string {
  return stored.startsWith('~') ? stored.slice(1).replaceAll('%3A', ':').replaceAll('%25', '%') : stored;
}

/** The stored id of the firing of a schedule, which BullMQ makes up and which needs no encoding. */
export function isFiringId(id: string): boolean {
  return /^repeat:[^:]+:\d+$/.test(id);
}

function isSafe(id: string): boolean {
  if (id.startsWith('~') || id.includes(':')) return false;
  // BullMQ refuses what survives parseInt, "NaN" included; its own keys consist of small letters and dashes.
  return String(Number.parseInt(id, 10)) !== id && !/^-?\d+$/.test(id) && !/^[a-z-]+$/.test(id);
}
