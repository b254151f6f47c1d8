import {
  ClosedError,
  type EngineQueue,
  type JobSchemas,
  type QueueDefinition,
  type QueueEngine,
  type ReportError,
} from '@switchyard/queue-contract';
import { RolloutConfigurationError, SettleTimeoutError } from './errors.js';
import type { FlagSource } from './flag-source.js';
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
  /** The same while a queue is between engines. Default 1000. */
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
  const failing = new Set<Side>();
  /** What went wrong with a queue at its last step. */
  const troubles = new Map<string, string>();
  const onLook = new Set<() => void>();
  let running = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  let lookedForSchedulesAt = -Infinity;

  checkEngines();
  checkShares();
  const queues = new Map<string, RolloutQueue>();
  for (const definition of definitions) {
    const { name } = definition;
    if (queues.has(name)) throw new RolloutConfigurationError(`queue "${name}" is declared twice`);
    // Whatever flags say that change later: jobs that cannot go anywhere else go to the target and are run there.
    const targetShare = () => (legacy ? shareOf(name) : 100);
    const context = { engines, targetShare, reportError, wake };
    queues.set(name, createRolloutQueue(definition, context));
  }

  async function observe(side: Side): Promise<boolean> {
    const asked = [...queues].filter(([, queue]) => queue.sidesToAsk().includes(side));
    if (asked.length === 0) return true;
    const engine = onSide(engines, side);
    try {
      const withWork = await engine.withWork(asked.map(([name]) => name));
      for (const [name, queue] of asked) queue.observed(side, withWork.has(name));
      failing.delete(side);
      return true;
    } catch (error) {
      // Once per outage: the next look tells whether it is over.
      if (!failing.has(side)) reportError(error as Error, { engine: engine.name });
      failing.add(side);
      return false;
    }
  }

  /** Looks at both engines and takes each queue a step on. Answers whether to look again soon. */
  async function look(): Promise<boolean> {
    const seen = await Promise.all(SIDES.map(observe));
    if (seen.includes(false)) return true;
    const lookForSchedules = performance.now() - lookedForSchedulesAt >= idleCheckMs;
    if (lookForSchedules) lookedForSchedulesAt = performance.now();
    const unfinished = await Promise.all(
      [...queues].map(async ([name, queue]) => {
        try {
          const soon = await queue.step(lookForSchedules);
          troubles.delete(name);
          return soon;
        } catch (error) {
          const { message } = error as Error;
          if (troubles.get(name) !== message) reportError(error as Error, { engine: 'rollout', queue: name });
          troubles.set(name, message);
          queue.forgetObservations();
          return true;
        }
      }),
    );
    return unfinished.includes(true);
  }

  async function lookUntilDone(): Promise<void> {
    let soon: boolean;
    do {
      lookAgain = false;
      soon = await look();
    } while (lookAgain && running);
    // Whoever is told may ask for the next look at once, so this one is over before they are.
    looking = undefined;
    if (running) timer = setTimeout(wake, soon ? switchingCheckMs : idleCheckMs);
    if (failing.size === 0) for (const heard of [...onLook]) heard();
  }

  function wake(): void {
    if (!running) return;
    clearTimeout(timer);
    if (looking) lookAgain = true;
    else looking = lookUntilDone();
  }

  function assertOpen(): void {
    if (closed) throw new ClosedError('rollout');
  }

  function checkEngines(): void {
    if (legacy && legacy.keyspace === target.keyspace) {
      throw new RolloutConfigurationError(
        `engines "${legacy.name}" and "${target.name}" both keep their queues in ${target.keyspace}; give one of them another prefix`,
      );
    }
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
    for (const queue of queues.values()) queue.forgetObservations();
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
      running = true;
      wake();
      await looking;
    },
    status: () => [...queues.values()].map((queue) => queue.status()),
    settled(name, { timeoutMs }) {
      const queue = queues.get(name);
      if (!queue) throw new RolloutConfigurationError(`queue "${name}" is not one of this rollout's`);
      return new Promise((resolve, reject) => {
        const check = (): void => {
          const status = queue.status();
          if (troubles.has(name) || !SETTLED.has(status.phase)) return;
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
      await Promise.all([looking, ...[...queues.values()].map((queue) => queue.close(closeOptions))]);
    },
  };
}

const warn: ReportError = (error, { engine, queue }) => {
  process.emitWarning(error.message, {
    type: 'SwitchyardWarning',
    detail: `engine ${engine}, queue ${queue ?? '-'}`,
  });
};
