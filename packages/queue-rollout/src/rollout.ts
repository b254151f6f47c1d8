import {
  ClosedError,
  type EngineQueue,
  type JobSchemas,
  type QueueDefinition,
  type QueueEngine,
  type ReportError,
} from '@switchyard/queue-contract';
import { coalesced } from './coalesced.js';
import { RolloutConfigurationError, SettleTimeoutError } from './errors.js';
import type { FlagSource } from './flag-source.js';
import { checkKeyspaceNames, checkKeyspaces } from './keyspace-check.js';
import type { QueuePhase, QueueStatus } from './queue-status.js';
import { createRolloutQueue, type RolloutQueue } from './rollout-queue.js';
import { onSide, SIDES } from './sides.js';
import type { Side } from './route.js';

export interface RolloutOptions {
  /** Where queues go. */
  readonly target: QueueEngine;
  /** Where queues come from. Without one, every queue must be on the target in full. */
  readonly legacy?: QueueEngine | undefined;
  readonly queues: readonly QueueDefinition[];
  readonly flags: FlagSource;
  /** Default: a process warning. */
  readonly reportError?: ReportError;
  /** How often an engine that should be empty is asked whether it is, in ms. Default 60 000. */
  readonly idleCheckMs?: number;
  /**
   * The same while a queue is between engines and something happens. Default 1000. When nothing does, such as while
   * jobs are delayed by days, it is asked ever less often, up to `idleCheckMs`.
   */
  readonly switchingCheckMs?: number;
}

export interface Rollout {
  /**
   * The queue as handlers and callers use it: every role of the port, on whichever engines serve it at the time.
   * Can be asked for before `start`.
   *
   * @throws RolloutConfigurationError for a queue that was not among the rollout's
   */
  queue<S extends JobSchemas>(definition: QueueDefinition<S>): EngineQueue<S>;
  /**
   * Checks both engines, brings every queue to where the flags want it, and keeps it there.
   *
   * @throws EngineUnavailableError; it can be called again
   * @throws ClosedError when it was closed, before or meanwhile
   */
  start(): Promise<void>;
  status(): readonly QueueStatus[];
  /**
   * Resolves when the queue is where its flags want it (`legacy`, `canary` or `target`).
   *
   * @throws SettleTimeoutError
   */
  settled(queue: string, options: { readonly timeoutMs: number }): Promise<QueueStatus>;
  /** Closes the consumers (see Consumer.close) and stops looking. Does not close the engines: they were lent. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/** How long a look waits for an engine, or a queue, in ms; see takeLook. */
const ANSWER_LIMIT_MS = 1000;

const SETTLED: ReadonlySet<QueuePhase> = new Set(['legacy', 'canary', 'target']);

/**
 * Serves every queue from the engines that its flags and its backlog ask for. Each process of the app runs one; they
 * need not agree, since each consumes both engines as long as both hold work.
 *
 * @throws RolloutConfigurationError when the flags want an engine that is not there, or both engines keep their
 *   queues in the same place
 */
export function createRollout(options: RolloutOptions): Rollout {
  const { target, legacy, queues: definitions, flags, reportError = warn } = options;
  const { idleCheckMs = 60_000, switchingCheckMs = 1000 } = options;
  const engines = { legacy, target };
  const shareOf = (name: string): number => flags.current().get(name) ?? 0;
  /** Sides whose engine could not be asked when it was last tried, or has not answered yet. */
  const failing = new Set<Side>();
  const late = new Set<Side>();
  const onLook = new Set<() => void>();
  const underWay = new Set<Promise<unknown>>();
  let running = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let timerAtMs = Infinity;
  /** Whether a look was asked for that has not begun. */
  let isWanted = false;

  checkKeyspaceNames(engines);
  checkShares();
  const queues = new Map<string, RolloutQueue>();
  const steps = new Map<string, () => Promise<void>>();
  for (const definition of definitions) {
    const { name } = definition;
    if (queues.has(name)) throw new RolloutConfigurationError(`queue "${name}" is declared twice`);
    // Whatever flags say that change later: jobs that cannot go anywhere else go to the target and are run there.
    const targetShare = () => (legacy ? shareOf(name) : 100);
    const isAway = (side: Side) => failing.has(side);
    const context = { engines, targetShare, reportError, idleCheckMs, switchingCheckMs, isAway, wake };
    const queue = createRolloutQueue(definition, context);
    queues.set(name, queue);
    steps.set(
      name,
      coalesced(() => tracked(running ? queue.step() : Promise.resolve())),
    );
  }

  const ask = {
    legacy: coalesced(() => tracked(askEngine('legacy'))),
    target: coalesced(() => tracked(askEngine('target'))),
  };
  const look = coalesced(() => takeLook(ANSWER_LIMIT_MS));

  async function tracked<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    try {
      return await work;
    } finally {
      underWay.delete(work);
    }
  }

  async function askEngine(side: Side): Promise<void> {
    const asked = [...queues].filter(([, queue]) => queue.sidesToAsk().includes(side));
    if (asked.length === 0 || !running) return;
    const engine = onSide(engines, side);
    try {
      const withWork = await engine.withWork(asked.map(([name]) => name));
      for (const [name, queue] of asked) queue.observed(side, withWork.has(name));
      failing.delete(side);
    } catch (error) {
      // Once per outage: the next look tells whether it is over.
      if (!failing.has(side)) reportError(error as Error, { engine: engine.name });
      failing.add(side);
    }
  }

  /**
   * Looks at both engines and takes each queue a step on. Nobody waits longer than the limit for an engine, or a queue,
   * that takes its time: the others go on by what is known, and the look is taken again when it has come round.
   */
  async function takeLook(limitMs: number): Promise<void> {
    isWanted = false;
    await Promise.all(
      SIDES.map(async (side) => {
        if (late.has(side)) return;
        late.add(side);
        const answer = ask[side]().then(() => late.delete(side));
        if (!(await isDoneWithin(answer, limitMs))) void answer.then(() => wake());
      }),
    );
    await isDoneWithin(Promise.all([...steps.values()].map((step) => step())), limitMs);
    // Somebody changed something meanwhile: what this look saw is of before.
    if (!running || isWanted) return;
    for (const heard of [...onLook]) heard();
    lookWithin(nextLookInMs()); // which is soon as long as somebody waits
  }

  function nextLookInMs(): number {
    // An engine that has not answered yet is looked at when it does.
    const isToAskAgain = [...failing].some((side) => !late.has(side));
    if (isToAskAgain || onLook.size > 0) return switchingCheckMs;
    return Math.min(idleCheckMs, ...[...queues.values()].map((queue) => queue.nextLookInMs));
  }

  function lookWithin(ms: number): void {
    clearTimeout(timer);
    timerAtMs = performance.now() + ms;
    timer = setTimeout(() => wake(), ms);
  }

  function wake(withinMs = 0): void {
    if (!running) return;
    if (withinMs > 0) {
      if (timerAtMs - performance.now() > withinMs) lookWithin(withinMs);
      return;
    }
    clearTimeout(timer);
    timerAtMs = Infinity;
    isWanted = true;
    void look();
  }

  /** Whether what is known of a queue is of now. */
  function isUpToDate(queue: RolloutQueue): boolean {
    return !queue.sidesToAsk().some((side) => failing.has(side) || late.has(side));
  }

  function assertOpen(): void {
    if (closed) throw new ClosedError('rollout');
  }

  function checkShares(): void {
    if (legacy) return;
    const missing = definitions.filter(({ name }) => shareOf(name) < 100).map(({ name }) => name);
    if (missing.length > 0) {
      throw new RolloutConfigurationError(
        `there is no legacy engine, but the flags leave queues on one: ${missing.join(', ')}`,
      );
    }
  }

  const ignoreChanges = flags.onChange(() => {
    try {
      checkShares();
    } catch (error) {
      reportError(error as Error, { engine: 'rollout' });
    }
    for (const queue of queues.values()) queue.flagsChanged();
    wake();
  });

  return {
    queue<S extends JobSchemas>(definition: QueueDefinition<S>) {
      const found = queues.get(definition.name)?.queue;
      if (found?.definition !== (definition as unknown)) {
        throw new RolloutConfigurationError(`queue "${definition.name}" is not one of this rollout's`);
      }
      return found as unknown as EngineQueue<S>;
    },
    async start() {
      assertOpen();
      await Promise.all(SIDES.map((side) => engines[side]?.ready()));
      assertOpen();
      if (definitions[0]) await checkKeyspaces(engines, definitions[0]);
      assertOpen();
      running = true;
      await tracked(takeLook(Infinity));
    },
    status: () => [...queues.values()].map((queue) => queue.status()),
    settled(name, { timeoutMs }) {
      const queue = queues.get(name);
      if (!queue) throw new RolloutConfigurationError(`queue "${name}" is not one of this rollout's`);
      return new Promise((resolve, reject) => {
        const check = (): void => {
          const status = queue.status();
          if (queue.isTroubled || !isUpToDate(queue) || !SETTLED.has(status.phase)) return;
          stopWaiting();
          resolve(status);
        };
        const giveUp = setTimeout(() => {
          stopWaiting();
          reject(new SettleTimeoutError(name, queue.status().phase, timeoutMs));
        }, timeoutMs);
        const stopWaiting = (): void => {
          clearTimeout(giveUp);
          onLook.delete(check);
        };
        onLook.add(check);
        wake();
      });
    },
    async close(closeOptions) {
      closed = true;
      running = false;
      clearTimeout(timer);
      ignoreChanges();
      // At once: a look may itself wait for what only a close ends.
      await Promise.all([...underWay, ...[...queues.values()].map((queue) => queue.close(closeOptions))]);
    },
  };
}

async function isDoneWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const done = work.then(() => true);
  if (limitMs === Infinity) return done;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}

const warn: ReportError = (error, { engine, queue }) => {
  process.emitWarning(error.message, {
    type: 'SwitchyardWarning',
    detail: `engine ${engine}, queue ${queue ?? '-'}`,
  });
};
