import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '@switchyard/local-redis';
import { startCatchUp, type CatchUpClient } from './catchup-client.js';
import { startChild, type Child } from './child-process.js';
import { startDemoState, type DemoState } from './demo-state.js';
import type { Reporter } from './display/reporter.js';
import type { LegacyMessage } from './legacy/messages.js';
import { moveQueues } from './move-queues.js';
import { observeRedis, type RedisObserver } from './redis-observer.js';
import { conclude, MAX_CONNECTIONS, type DemoResult } from './result.js';
import type { Timeline } from './timeline.js';
import { traffic } from './traffic.js';

const PRODUCER_NAME = 'legacy-producer';
const SETTLE_TIMEOUT_MS = 20_000;
const POLL_MS = 100;
/** Longer than the repeatable job's interval: the slot of its removed firing still wakes somebody up. */
const STEADY_FOR_MS = 5000;

export interface DemoOptions {
  readonly timeline: Timeline;
  readonly reporter: Reporter;
  /** Ends the demo early; everything it started is gone when it rejects. */
  readonly signal: AbortSignal;
}

/** What the steps of the demo share. */
export interface Stage {
  readonly timeline: Timeline;
  readonly state: DemoState;
  readonly redisUrl: string;
  readonly observer: RedisObserver;
  /** Aborted when the demo cannot go on: somebody ended it, or a process died. */
  readonly signal: AbortSignal;
  fail(error: Error): void;
  /** Called in reverse order at the end. */
  atEnd(undo: () => unknown): void;
}

/**
 * Runs the whole demo on a Redis of its own.
 *
 * @throws the signal's reason when it was aborted, or whatever made it impossible to go on
 */
export async function runDemo({ timeline, reporter, signal }: DemoOptions): Promise<DemoResult> {
  const startedAtMs = performance.now();
  const undos: (() => unknown)[] = [];
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  try {
    const state = startDemoState(reporter, () => performance.now());
    undos.push(() => state.end());
    state.step('Starting a Redis of its own');
    const redis = await startRedis();
    undos.push(() => redis.stop());
    const observer = await observeRedis(redis.url);
    undos.push(() => observer.close());
    const stage: Stage = {
      timeline,
      state,
      redisUrl: redis.url,
      observer,
      signal: stop,
      fail: (error) => failure.abort(error),
      atEnd: (undo) => undos.push(undo),
    };
    return await play(stage, () => performance.now() - startedAtMs);
  } catch (error) {
    stop.throwIfAborted();
    throw error;
  } finally {
    reporter.end();
    for (const undo of undos.reverse()) await undo();
  }
}

async function play(stage: Stage, durationMs: () => number): Promise<DemoResult> {
  const { state, observer } = stage;
  const before = await measureLegacyApp(stage);

  state.step('The old app goes on adding jobs through Bull, its workers are gone');
  state.look(observer, PRODUCER_NAME);
  const producer = await startProducer(stage);
  state.step('CatchUp takes over, all 11 queues on Bull');
  const catchUp = await startApp(stage);
  await catchUp.ask('start-adding', null);
  await moveQueues(stage, catchUp);

  state.step('The old app is gone, the paused queue goes on, the backlogs run out');
  await producer.child.stop('message');
  await catchUp.ask('stop-adding', null);
  await catchUp.ask('resume', producer.pausedQueue());
  state.setPaused(producer.pausedQueue(), false);
  const removedAtMs = await drain(stage, catchUp, producer.repeatingQueue());

  state.lookAway();
  const after = await measureIdle(stage, 'CatchUp idle, all 11 queues on BullMQ');
  const engines = new Map(traffic.map(({ name }) => [name, engineOf(state, name)]));
  state.step('Looking for every job on both engines');
  const account = state.ledger.final(await catchUp.ask('read-stored', null), removedAtMs);
  await catchUp.stop('SIGTERM');
  return conclude({
    account,
    engines,
    targetEngine: 'bullmq',
    connections: { before: before.connections, after: after.connections },
    idleBilledPerMinute: { before: before.billedPerMinute, after: after.billedPerMinute },
    durationMs: Math.round(durationMs()),
    faults: state.faults,
  });
}

interface Idle {
  readonly connections: number;
  readonly billedPerMinute: number;
}

async function measureLegacyApp(stage: Stage): Promise<Idle> {
  const { state, signal } = stage;
  state.step('Starting the old app: 11 queues and their workers on Bull');
  const ready = new Promise<Child>((resolve) => {
    const child = startLegacy(stage, './legacy/legacy-app.js', ({ type }) => {
      if (type === 'ready') resolve(child);
    });
  });
  const app = await orAborted(ready, signal);
  const idle = await measureIdle(stage, 'The old app idle: 11 queues on Bull');
  await app.stop('message');
  state.connectionsWereBefore();
  return idle;
}

/** Leaves Redis alone for a while and counts what the only process that is connected did to it. */
async function measureIdle(stage: Stage, who: string): Promise<Idle> {
  const { state, observer, timeline, signal } = stage;
  state.connections(await steadyConnections(stage));
  state.step(`${who}: counting what Redis would bill`);
  const startedAtMs = performance.now();
  const billedBefore = await observer.billed();
  state.waiting(startedAtMs + timeline.idleMs);
  await sleep(timeline.idleMs, undefined, { signal });
  state.waiting(null);
  const billed = (await observer.billed()) - billedBefore;
  const minutes = (performance.now() - startedAtMs) / 60_000;
  return { connections: await observer.connections(), billedPerMinute: Math.round(billed / minutes) };
}

/** A starting or closing app goes on opening or closing connections for a moment after it says it is done. */
async function steadyConnections({ observer, signal }: Stage): Promise<number> {
  const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS;
  let count = await observer.connections();
  let sinceMs = performance.now();
  while (performance.now() - sinceMs < STEADY_FOR_MS && performance.now() < deadlineMs) {
    await sleep(POLL_MS, undefined, { signal });
    const now = await observer.connections();
    if (now !== count || now === 0) sinceMs = performance.now();
    count = now;
  }
  return count;
}

interface Producer {
  readonly child: Child;
  pausedQueue(): string;
  repeatingQueue(): string;
}

async function startProducer(stage: Stage): Promise<Producer> {
  const { state } = stage;
  let paused = '';
  let repeating = '';
  const filled = new Promise<Child>((resolve) => {
    const child = startLegacy(stage, './legacy/legacy-producer.js', (message) => {
      if (message.type === 'accepted') state.ledger.accept(message.jobs);
      else if (message.type === 'filled') resolve(child);
      else if (message.type === 'repeats') {
        repeating = message.queue;
        state.ledger.watch(message);
      } else if (message.type === 'paused') {
        paused = message.queue;
        state.setPaused(paused, true);
      }
    });
  });
  const child = await orAborted(filled, stage.signal);
  return { child, pausedQueue: () => paused, repeatingQueue: () => repeating };
}

function startLegacy(stage: Stage, script: string, onMessage: (message: LegacyMessage) => void): Child {
  const child = startChild<LegacyMessage>({
    script,
    environment: { REDIS_URL: stage.redisUrl },
    onMessage,
    onUnexpectedExit: (error) => stage.fail(error),
  });
  stage.atEnd(() => child.stop('SIGKILL'));
  return child;
}

async function startApp({ state, redisUrl, signal, fail, atEnd }: Stage): Promise<CatchUpClient> {
  const catchUp = startCatchUp({
    redisUrl,
    onAccepted: (jobs) => state.ledger.accept(jobs),
    onAttempts: (attempts) => state.ledger.attempt(attempts),
    onStatus: (queues) => state.status(queues),
    onProblem: (text) => state.fault(text),
    onUnexpectedExit: fail,
  });
  atEnd(() => catchUp.stop('SIGKILL'));
  await orAborted(catchUp.ready, signal);
  return catchUp;
}

/** Waits for the end of all work, ends the schedule and answers when; the account tells what did not end. */
async function drain(stage: Stage, catchUp: CatchUpClient, repeatingQueue: string): Promise<number> {
  const { state, observer, timeline } = stage;
  const isDrained = () =>
    state.ledger.interim().total.pending === 0 &&
    traffic.every(({ name }) => state.phases().get(name) === 'target');
  if (!(await until(isDrained, timeline.drainTimeoutMs, stage))) state.fault('the backlogs did not run out');

  state.step('Ending the repeatable job right after it fired');
  const fired = state.ledger.lastFiringSeenAtMs(repeatingQueue);
  const firedAgain = () => state.ledger.lastFiringSeenAtMs(repeatingQueue) !== fired;
  if (!(await until(firedAgain, SETTLE_TIMEOUT_MS, stage))) state.fault('the repeatable job fires no more');
  const removed = await catchUp.ask('remove-schedules', repeatingQueue);
  const removedAtMs = Date.now();
  if (removed !== 1) state.fault(`there were ${removed} schedules where one was expected`);

  state.step('Waiting for the old side to let go of its connections');
  await until(async () => (await observer.connections()) <= MAX_CONNECTIONS, SETTLE_TIMEOUT_MS, stage);
  return removedAtMs;
}

async function until(
  holds: () => boolean | Promise<boolean>,
  timeoutMs: number,
  { signal }: Stage,
): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) return false;
    await sleep(POLL_MS, undefined, { signal });
  }
  return true;
}

function engineOf(state: DemoState, queue: string): string {
  const phase = state.phases().get(queue);
  if (phase === 'target') return 'bullmq';
  return phase === 'legacy' ? 'bull' : 'both';
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
