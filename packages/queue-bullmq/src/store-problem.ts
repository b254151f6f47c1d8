/** BullMQ's scripts use what Redis has since 6.2, and the engine's own as well. */
export const MIN_REDIS_VERSION = '6.2.0';

/**
 * What makes a server unfit for queues, from the text of INFO; `null` when nothing does.
 *
 * @param evictionPolicy for servers whose INFO does not tell it
 */
export function storeProblem(info: string, evictionPolicy?: string): string | null {
  const fields = parseInfo(info);
  const version = fields.get('valkey_version') ?? fields.get('redis_version');
  if (version !== undefined && isOlder(version, MIN_REDIS_VERSION)) {
    return `the server is Redis ${version}, too old: at least ${MIN_REDIS_VERSION} is needed`;
  }
  if (fields.get('role') === 'slave' && fields.get('slave_read_only') !== '0') {
    const master = `${fields.get('master_host') ?? '?'}:${fields.get('master_port') ?? '?'}`;
    return `the server is a read-only replica of ${master}: jobs cannot be written there`;
  }
  const policy = fields.get('maxmemory_policy') ?? evictionPolicy;
  if (policy !== undefined && policy !== 'noeviction') {
    return `the server evicts keys when its memory is full (maxmemory-policy ${policy}), and jobs with them: it must be noeviction`;
  }
  return null;
}

/** What makes a server the wrong one for a client of a single server; `null` when nothing does. */
export function modeProblem(info: string): string | null {
  switch (parseInfo(info).get('redis_mode')) {
    case 'cluster':
      return 'the server is a node of a cluster, which has a part of the keys only: lend an ioredis Cluster';
    case 'sentinel':
      return 'the server is a Sentinel itself: lend a client with `sentinels` and `name`, which finds the primary';
    default:
      return null;
  }
}

/** Whether INFO left the eviction policy out. */
export function lacksEvictionPolicy(info: string): boolean {
  return !parseInfo(info).has('maxmemory_policy');
}

function parseInfo(info: string): ReadonlyMap<string, string> {
  const lines = info.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

function isOlder(version: string, than: string): boolean {
  const [have, want] = [version, than].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10) || 0),
  );
  for (const [index, part] of (want ?? []).entries()) {
    const own = have?.[index] ?? 0;
    if (own !== part) return own < part;
  }
  return false;
}
