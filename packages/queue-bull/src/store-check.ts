import { EngineUnavailableError } from '@switchyard/queue-contract';
import type { Redis } from 'ioredis';

/** Older ones lack commands that the engine's scripts use. */
const OLDEST_VERSION = [5, 0] as const;

/** @throws EngineUnavailableError that says why this Redis is not fit for queues */
export async function checkStore(engine: string, client: Redis): Promise<void> {
  const problem = findProblem(await client.info());
  if (problem) throw new EngineUnavailableError(engine, problem);
}

/** @param text what INFO answers; what a service leaves out of it is not held against it */
export function findProblem(text: string): string | null {
  const info = parseInfo(text);
  const version = info.get('redis_version');
  if (version !== undefined && isOlder(version)) {
    return `Redis ${version} is too old, ${OLDEST_VERSION.join('.')} is needed`;
  }
  if (info.get('redis_mode') === 'cluster') {
    return 'Redis runs as a cluster, on whose nodes the keys of a queue may be apart; Bull needs one server, or Sentinel';
  }
  if (info.get('redis_mode') === 'sentinel') {
    return 'this is a Sentinel itself; lend a connection with `sentinels` and `name`, which finds the master';
  }
  if (info.get('loading') === '1') return 'Redis is loading its data';
  if (info.get('role') === 'slave' && info.get('slave_read_only') !== '0') {
    return 'Redis is a read-only replica';
  }
  const policy = info.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    return `Redis drops keys when its memory is full (maxmemory-policy is ${policy}), which loses jobs; queues need noeviction`;
  }
  return null;
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor < OLDEST_VERSION[1]);
}

function parseInfo(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\r\n').map((line) => line.split(':', 2));
  return new Map(lines.filter((line) => line.length === 2) as [string, string][]);
}
