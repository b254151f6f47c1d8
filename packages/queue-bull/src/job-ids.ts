/**
 * Ids as callers know them, and as Bull stores them.
 *
 * Bull appends an id to the queue's prefix to make the key of the job's hash, and hands out `1`, `2`, `3`, … itself.
 * So an id that looks like one of its numbers, like one of its keys, or that would break the JSON it assembles in
 * Lua, is stored under another name that reads back as itself. All others are stored as they are, so that a legacy
 * producer and this engine mean the same job by the same id.
 */
const MARK = 'switchyard:id:';

/** Names of Bull's own keys beside the jobs' hashes. */
const KEY_NAMES = new Set([
  'active',
  'completed',
  'de',
  'debounced',
  'delayed',
  'drained',
  'duplicated',
  'failed',
  'id',
  'limiter',
  'meta',
  'meta-paused',
  'paused',
  'priority',
  'progress',
  'repeat',
  'resumed',
  'stalled',
  'stalled-check',
  'wait',
  'waiting',
]);

export function encodeJobId(id: string): string {
  return isStoredAsItIs(id) ? id : MARK + encodeURIComponent(wellFormed(id));
}

export function decodeJobId(stored: string): string {
  if (!stored.startsWith(MARK)) return stored;
  try {
    const id = decodeURIComponent(stored.slice(MARK.length));
    return id !== '' && encodeJobId(id) === stored ? id : stored;
  } catch {
    return stored;
  }
}

/**
 * Under which names a job that a caller looks for may be stored, likeliest first. An id that only the legacy app
 * can have written as it is, such as a number of Bull's own, comes second.
 */
export function storedJobIds(id: string): readonly string[] {
  const stored = encodeJobId(id);
  return stored === id || isKey(id) || decodeJobId(id) !== id ? [stored] : [stored, id];
}

function isStoredAsItIs(id: string): boolean {
  return !(/^\d+$/.test(id) || isKey(id) || /^(repeat|switchyard):/.test(id) || hasUnsafeCharacter(id));
}

function isKey(id: string): boolean {
  return (
    KEY_NAMES.has(id) ||
    /:(lock|logs)$/.test(id) ||
    /^(de|limiter|metrics):/.test(id) ||
    /^switchyard:(suspended|departed|claim:)/.test(id)
  );
}

/** Quotes, backslashes and control characters break the messages that Bull's scripts put together by hand. */
function hasUnsafeCharacter(id: string): boolean {
  for (const character of id) {
    if (character === '"' || character === '\\' || character < ' ' || character === '\u007f') return true;
  }
  return false;
}

/** Lone surrogates become U+FFFD, as they do on their way to any Redis. */
function wellFormed(id: string): string {
  return Buffer.from(id, 'utf8').toString('utf8');
}
