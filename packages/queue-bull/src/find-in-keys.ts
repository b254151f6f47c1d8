import type { QueueDefinition } from '@switchyard/queue-contract';
import type { Redis } from 'ioredis';
import { createTally, makeFinding, type BullFinding } from './bull-finding.js';
import { readIds } from './inspect-bull-queue.js';
import type { QueueKeys } from './queue-keys.js';
import { ofType, scanKeys } from './scan-bull-keys.js';

/** Hashes of Bull's and of ours beside those of the jobs. */
const OTHER_HASHES = /^(limiter:index|meta|metrics:(completed|failed)|switchyard:.*)$/;

/**
 * What only a look at every key shows: jobs that are in no list, limits by group, metrics.
 *
 * @param all every queue under the prefix: a name may begin with another one's and a colon
 * @param wanted the ones to look into
 */
export async function findInKeys(
  client: Redis,
  prefix: string,
  all: readonly QueueKeys[],
  wanted: ReadonlyMap<QueueKeys, QueueDefinition>,
): Promise<readonly BullFinding[]> {
  const longestFirst = [...all].sort((a, b) => b.base.length - a.base.length);
  const looks = new Map<QueueKeys, Look>();
  for (const keys of wanted.keys())
    looks.set(keys, { known: await knownIds(client, keys), strays: new Set(), traits: new Set() });

  for await (const page of scanKeys(client, `${prefix}:`)) {
    const doubtful = new Map<string, [Look, string]>();
    for (const key of page) {
      const owner = longestFirst.find(({ base }) => key.startsWith(base));
      const look = owner && looks.get(owner);
      if (!owner || !look) continue;
      const rest = key.slice(owner.base.length);
      if (/^limiter:(?!index$|limited$)/.test(rest)) look.traits.add('groups');
      if (/^limiter(:limited)?$/.test(rest)) look.traits.add('limit');
      if (/^metrics:/.test(rest)) look.traits.add('metrics');
      if (!look.known.has(rest) && !OTHER_HASHES.test(rest)) doubtful.set(key, [look, rest]);
    }
    for (const key of await ofType(client, [...doubtful.keys()], 'hash')) {
      const [look, id] = doubtful.get(key) ?? [];
      if (look && id !== undefined) look.strays.add(id);
    }
  }

  const findings: BullFinding[] = [];
  for (const [keys, { strays, traits }] of looks) {
    const tally = createTally(keys.queue);
    // Added or ended since the first look.
    const known = strays.size > 0 ? await knownIds(client, keys) : strays;
    for (const id of strays) {
      if (!known.has(id) && (await client.exists(keys.base + id)) === 1) {
        tally.add({ kind: 'stranded-job', what: 'in no list' }, id);
      }
    }
    findings.push(...tally.findings());
    if (traits.has('metrics')) findings.push(await countMetrics(client, keys));
    if (traits.has('groups')) findings.push(await countPutAside(client, keys));
    else if (traits.has('limit') && !wanted.get(keys)?.worker?.limit) {
      findings.push(makeFinding(keys.queue, { kind: 'undeclared-rate-limit', what: 'limiter' }, 1, null));
    }
  }
  return findings;
}

interface Look {
  readonly known: ReadonlySet<string>;
  readonly strays: Set<string>;
  readonly traits: Set<'groups' | 'limit' | 'metrics'>;
}

async function knownIds(client: Redis, keys: QueueKeys): Promise<ReadonlySet<string>> {
  return new Set(Object.values(await readIds(client, keys)).flat());
}

async function countPutAside(client: Redis, keys: QueueKeys): Promise<BullFinding> {
  const index = await client.hgetall(`${keys.limiter}:index`);
  const grouped = Object.entries(index).filter(([, list]) => list !== `${keys.limiter}:limited`);
  const found = { kind: 'grouped-rate-limit', what: 'limiter.groupKey' } as const;
  return makeFinding(keys.queue, found, grouped.length, grouped[0]?.[0] ?? null);
}

async function countMetrics(client: Redis, keys: QueueKeys): Promise<BullFinding> {
  const counters = await client.exists(`${keys.base}metrics:completed`, `${keys.base}metrics:failed`);
  return makeFinding(keys.queue, { kind: 'metrics', what: 'metrics' }, counters, null);
}
