import {
  ClosedError,
  EngineUnavailableError,
  InvalidOptionError,
  MAX_WAIT_MS,
  type EngineQueue,
  type JobSchemas,
  type QueueDefinition,
  type QueueEngine,
  type ReportError,
} from '@switchyard/queue-contract';
import { neverThrowing, warn } from './background-errors.js';
import { coalesced } from './coalesced.js';
import { getsAdds } from './decide.js';
import { createEngineAsks } from './engine-asks.js';
import { RolloutConfigurationError } from './errors.js';
import { createFlagShares } from './flag-shares.js';
import type { FlagSource } from './flag-source.js';
import { isDoneWithin } from './is-done-within.js';
import { checkKeyspaceNames, checkKeyspaces } from './keyspace-check.js';
import { createLookSchedule } from './look-schedule.js';
import type { QueuePhase, QueueStatus } from './queue-status.js';
import { createRolloutQueue, type RolloutQueue } from './rollout-queue.js';
import type { Side } from './route.js';
import { createSettleWaits } from './settle-waits.js';
import { SIDES } from './sides.js';

export interface RolloutOptions {
  /** Where queues go. */
  readonly target: QueueEngine;
  /** Where queues come from. Without one, every queue must be on the target in full. */
  readonly legacy?: QueueEngine | undefined;
  readonly queues: readonly QueueDefinition[];
  readonly flags: FlagSource;
  /** Default: a process warning. */
  readonly reportError?: ReportError;
  /** How often an engine that should be empty is asked whether it is, in ms: more than 0, up to 2^31 - 1. Default 60 000. */
  readonly idleCheckMs?: number;
  /**
   * The same while a queue is between engines and something happens: more than 0, up to 2^31 - 1. Default 1000. When nothing does, such as while
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
   * Checks both engines, brings every queue to where the flags want it, and keeps it there. An engine that goes away
   * later, and one that no flag sends adds to, is reported and looked for again.
   *
   * @throws EngineUnavailableError for an engine that flags send adds to; it can be called again
   * @throws ClosedError when it was closed, before or meanwhile
   */
  start(): Promise<void>;
  status(): readonly QueueStatus[];
  /**
   * Resolves when the queue is where its flags want it (`legacy`, `canary` or `target`).
   *
   * @throws SettleTimeoutError
   * @throws RolloutConfigurationError for a queue that was not among the rollout's
   * @throws InvalidOptionError for a `timeoutMs` that is not more than 0 and at most 2^31 - 1
   * @throws ClosedError when the rollout is closed, before or meanwhile
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
 * @throws InvalidOptionError for times that a timer cannot be set for, and shares that are no numbers from 0 to 100
 */
export function createRollout(options: RolloutOptions): Rollout {
  const { target, legacy, queues: definitions, flags } = options;
  const { idleCheckMs = 60_000, switchingCheckMs = 1000 } = options;
  checkTime('idleCheckMs', idleCheckMs);
  checkTime('switchingCheckMs', switchingCheckMs);
  const engines = { legacy, target };
  const reportError = neverThrowing(options.reportError ?? warn);
  checkKeyspaceNames(engines);
  const shares = createFlagShares(
    flags,
    definitions.map(({ name }) => name),
  );
  checkShares();
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  const looks = createLookSchedule({ take: takeLook, nextInMs: nextLookInMs });
  const waits = createSettleWaits(isSettled);

  const queues = new Map<string, RolloutQueue>();
  const asks = createEngineAsks({
    engines,
    queues,
    isRunning: () => looks.areOn,
    reportError,
    tracked,
    onLate: looks.request,
  });
  const { isAway } = asks;
  const steps = new Map<string, () => Promise<void>>();
  for (const definition of definitions) {
    const { name } = definition;
    if (queues.has(name)) throw new RolloutConfigurationError(`queue "${name}" is declared twice`);
    // Whatever flags say that change later: jobs that cannot go anywhere else go to the target and are run there.
    const targetShare = () => (legacy ? shares.of(name) : 100);
    const context = { engines, targetShare, reportError, idleCheckMs, switchingCheckMs, isAway, wake };
    const queue = createRolloutQueue(definition, context);
    queues.set(name, queue);
    steps.set(
      name,
      coalesced(() => tracked(looks.areOn ? queue.step() : Promise.resolve())),
    );
  }

  async function tracked<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    try {
      return await work;
    } finally {
      underWay.delete(work);
    }
  }

  /**
   * Looks at both engines and takes each queue a step on. Nobody waits longer than the limit for an engine, or a queue,
   * that takes its time: the others go on by what is known, and the look is taken again when it has come round.
   */
  async function takeLook(look: number, limitMs: number): Promise<void> {
    await Promise.all(SIDES.map((side) => asks.ask(side, limitMs)));
    const stepsTaken = Promise.all([...steps.values()].map((step) => step()));
    // Whoever waits hears of it then.
    if (!(await isDoneWithin(stepsTaken, limitMs)))
      void stepsTaken.then(() => waits.areAny && looks.request());
    waits.heard(look);
  }

  function nextLookInMs(): number {
    // An engine that has not answered yet is looked at when it does.
    if (asks.isToAskAgain || waits.areAny) return switchingCheckMs;
    return Math.min(idleCheckMs, ...[...queues.values()].map((queue) => queue.nextLookInMs));
  }

  function wake(withinMs = 0): void {
    if (withinMs > 0) return looks.requestWithin(withinMs);
    if (!looks.areOn) return;
    asks.changed();
    looks.request();
  }

  /** Whether a queue is where its flags want it, by what is known of now. */
  function isSettled(queue: RolloutQueue): boolean {
    return queue.isSteady && queue.sidesToAsk().every(asks.isUpToDate) && SETTLED.has(queue.status().phase);
  }

  function assertOpen(): void {
    if (closed) throw new ClosedError('rollout');
  }

  /** @throws EngineUnavailableError unless no queue's adds go there */
  async function reach(side: Side): Promise<boolean> {
    const engine = engines[side];
    if (!engine) return true;
    try {
      await engine.ready();
      return true;
    } catch (error) {
      const isNeeded = definitions.some(({ name }) => getsAdds(side, legacy ? shares.of(name) : 100));
      if (!(error instanceof EngineUnavailableError) || isNeeded || closed) throw error;
      asks.failed(side, error);
      return false;
    }
  }

  function checkShares(): void {
    if (legacy) return;
    const missing = definitions.filter(({ name }) => shares.of(name) < 100).map(({ name }) => name);
    if (missing.length > 0) {
      throw new RolloutConfigurationError(
        `there is no legacy engine, but the flags leave queues on one: ${missing.join(', ')}`,
      );
    }
  }

  const ignoreChanges = flags.onChange(() => {
    for (const check of [shares.read, checkShares]) {
      try {
        check();
      } catch (error) {
        reportError(error as Error, { engine: 'rollout' });
      }
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
      const areReached = await Promise.all(SIDES.map(reach));
      assertOpen();
      // One that is away while the other is there is not in the same place.
      if (definitions[0] && areReached.every(Boolean)) await checkKeyspaces(engines, definitions[0]);
      assertOpen();
      await tracked(looks.start());
      await Promise.all([...queues.values()].map((queue) => queue.begun()));
    },
    status: () => [...queues.values()].map((queue) => queue.status()),
    async settled(name, { timeoutMs }) {
      const queue = queues.get(name);
      if (!queue) throw new RolloutConfigurationError(`queue "${name}" is not one of this rollout's`);
      checkTime('timeoutMs', timeoutMs);
      assertOpen();
      const settled = waits.wait(queue, looks.begun, timeoutMs);
      wake();
      return settled;
    },
    async close(closeOptions) {
      closed = true;
      looks.stop();
      ignoreChanges();
      waits.close();
      // At once: a look may itself wait for what only a close ends.
      await Promise.all([...underWay, ...[...queues.values()].map((queue) => queue.close(closeOptions))]);
    },
  };
}

function checkTime(option: string, ms: unknown): void {
  if (!(typeof ms === 'number' && ms > 0 && ms <= MAX_WAIT_MS)) {
    throw new InvalidOptionError(option, ms, `more than 0, at most ${MAX_WAIT_MS}`);
  }
}
