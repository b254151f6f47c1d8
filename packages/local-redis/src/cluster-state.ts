import { setTimeout as sleep } from 'node:timers/promises';
import { RedisStartError } from './errors.js';
import type { RedisServer } from './redis-server.js';
import { respRequest, type RespReply } from './resp-request.js';

/** How long a node may take to answer. */
export const REPLY_LIMIT_MS = 5_000;

/**
 * Sends a node one command. Keys may be any bytes: each is one character here.
 *
 * @throws Error when it answers with one, or not at all.
 */
export async function ask({ port }: RedisServer, ...command: string[]): Promise<RespReply> {
  const [reply = ''] = await respRequest({
    port,
    commands: [command],
    timeoutMs: REPLY_LIMIT_MS,
    encoding: 'latin1',
  });
  if (typeof reply === 'string' && reply.startsWith('-')) {
    throw new Error(`${command.slice(0, 2).join(' ')} on port ${port}: ${reply.slice(1)}`);
  }
  return reply;
}

/**
 * Polls until the condition holds. A node that dies while it is asked, or does not know yet, means: not yet.
 *
 * @throws {RedisStartError} after `limitMs`, with the last failure as its cause.
 */
export async function until(what: string, limitMs: number, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    let cause: unknown;
    try {
      if (await condition()) return;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) {
      throw new RedisStartError(`the cluster took over ${limitMs} ms until ${what}`, '', { cause });
    }
    await sleep(20);
  }
}

/** A range of slots and the port of the master that serves it, as one node sees it. */
export interface SlotRange {
  readonly from: number;
  readonly to: number;
  readonly masterPort: number;
}

export async function slotRanges(node: RedisServer): Promise<SlotRange[]> {
  const ranges = (await ask(node, 'CLUSTER', 'SLOTS')) as [string, string, string[]][];
  return ranges.map(([from, to, master]) => ({
    from: Number(from),
    to: Number(to),
    masterPort: Number(master[1]),
  }));
}

/**
 * Whether each of the nodes sees all slots served, and by one of them: until its time-out a dead master is believed to
 * serve.
 */
export async function isServing(nodes: readonly RedisServer[]): Promise<boolean> {
  const seesAllServed = async (node: RedisServer) => {
    const [info, ranges] = await Promise.all([ask(node, 'CLUSTER', 'INFO'), slotRanges(node)]);
    return (
      /^cluster_state:ok\r?$/m.test(String(info)) &&
      ranges.every(({ masterPort }) => nodes.some(({ port }) => port === masterPort))
    );
  };
  return nodes.length > 0 && (await Promise.all(nodes.map(seesAllServed))).every(Boolean);
}
