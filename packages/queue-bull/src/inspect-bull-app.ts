import type { QueueDefinition } from '@switchyard/queue-contract';
import type { Redis } from 'ioredis';
import { makeFinding, type BullFinding } from './bull-finding.js';
import { createNaming, prefixOf, readBullNames } from './bull-names.js';
import { checkConnection } from './connection-check.js';
import { watchConnection } from './connection-watch.js';
import { findInKeys } from './find-in-keys.js';
import { findInQueue, isOfBullMq, readIds, reportQueue, type BullQueueReport } from './inspect-bull-queue.js';
import { createLentClient } from './lent-client.js';
import { queueKeys, type QueueKeys } from './queue-keys.js';
import { createRunScript } from './run-script.js';
import { findQueueNames } from './scan-bull-keys.js';
import { asQueueError } from './store-errors.js';

export interface InspectBullAppOptions {
  /** Lent: only read from, never closed. */
  readonly connection: Redis;
  /** Every queue that the app declares; `[]` to see what there is. */
  readonly queues: readonly QueueDefinition[];
  /** As for `createBullEngine`, like the two below. */
  readonly prefix?: string;
  readonly keyPrefix?: string;
  readonly queueNames?: Readonly<Record<string, string>>;
}

export interface BullAppReport {
  /** The queues that Bull has under the prefix. */
  readonly queues: readonly BullQueueReport[];
  /** What is not represented as it is, or not at all. */
  readonly findings: readonly BullFinding[];
}

/** How long to wait for a connection that is not there. */
const CONNECT_LIMIT_MS = 10_000;

/**
 * Looks at what a Bull app has in Redis, and lists what Switchyard has no words for. Writes nothing, opens nothing.
 *
 * Reads every key under the prefix once, in steps, and every job that has yet to run: about as much traffic as the
 * pending jobs are large. What runs meanwhile may be seen before or after.
 *
 * What is not in Redis cannot be seen there: a limit that was not met lately, processors that are files, the code that
 * adds repeatable jobs when the app starts.
 *
 * @throws InvalidOptionError, EngineUnavailableError
 */
export async function inspectBullApp(options: InspectBullAppOptions): Promise<BullAppReport> {
  const { connection } = options;
  checkConnection(connection);
  const prefix = prefixOf(options);
  const takeName = createNaming(readBullNames(options.queueNames));
  const declared = new Map(options.queues.map((queue) => [takeName(queue.name), queue]));
  const watch = watchConnection('bull', connection, () => {});
  const client = createLentClient(connection, watch);
  const run = createRunScript(client);
  try {
    await watch.whenReady(CONNECT_LIMIT_MS, true);
    const reports: BullQueueReport[] = [];
    const findings: BullFinding[] = [];
    const all: QueueKeys[] = [];
    const ours = new Map<QueueKeys, QueueDefinition>();
    for (const name of await findQueueNames(client, prefix)) {
      const keys = queueKeys(prefix, name);
      all.push(keys);
      const definition = declared.get(name);
      const ofBullMq = await isOfBullMq(client, keys);
      if (ofBullMq && !definition) continue;
      if (ofBullMq) {
        findings.push(makeFinding(name, { kind: 'shared-with-bullmq', what: prefix }, 1, null));
        continue;
      }
      const ids = await readIds(client, keys);
      const report = await reportQueue(client, run, keys, ids, definition);
      reports.push(report);
      if (definition) {
        ours.set(keys, definition);
        findings.push(...(await findInQueue(client, run, keys, ids, definition)));
      } else {
        findings.push(undeclared(report));
      }
    }
    if (ours.size > 0) findings.push(...(await findInKeys(client, prefix, all, ours)));
    return { queues: reports, findings };
  } catch (error) {
    throw asQueueError('bull', error);
  } finally {
    watch.release();
  }
}

function undeclared({ name, counts }: BullQueueReport): BullFinding {
  const kind = /^[^\s:]{1,100}$/.test(name) ? 'undeclared-queue' : 'undeclarable-queue';
  return makeFinding(name, { kind, what: name }, counts.waiting + counts.delayed + counts.active, null);
}
