import { startRedis, startRestEndpoint } from '@switchyard/local-redis';
import { startCatchUp, type CatchUpClient } from './catchup-client.js';
import { startDemoState, type DemoState } from './demo-state.js';
import type { Reporter } from './display/reporter.js';
import { measureIdle } from './idle.js';
import { moveQueues } from './move-queues.js';
import { measureOldApp, PRODUCER_NAME, startOldAppProducer } from './old-app-traffic.js';
import { observeRedis } from './redis-observer.js';
import { conclude, MAX_CONNECTIONS, type DemoResult } from './result.js';
import { orAborted, until, type Stage } from './stage.js';
import type { Timeline } from './timeline.js';
import { traffic } from './traffic.js';

const SETTLE_TIMEOUT_MS = 20_000;

export interface DemoOptions {
  readonly timeline: Timeline;
  readonly reporter: Reporter;
  /** Ends the demo early; everything it started is gone when it rejects. */
  readonly signal: AbortSignal;
}

/**
 * Runs the whole demo on a Redis of its own.
 *
 * @throws the signal's reason when it was aborted, when Bull is gone, or whatever made it impossible to go on
 */
export async function runDemo({ timeline, reporter, signal }: DemoOptions): Promise<DemoResult> {
  const startedAtMs = performance.now();
  const undos: (() => unknown)[] = [];
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  const state = startDemoState(reporter, () => performance.now());
  try {
    state.step('Starting a Redis of its own');
    const redis = await startRedis();
    undos.push(() => redis.stop());
    const { url, token, stop: stopEndpoint } = await startRestEndpoint({ redisUrl: redis.url });
    undos.push(() => stopEndpoint());
    const observer = await observeRedis(redis.url);
    undos.push(() => observer.close());
    const stage: Stage = {
      timeline,
      state,
      redisUrl: redis.url,
      httpRedis: { url, token },
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
    state.end();
    reporter.end();
    // Each on its own: what cannot be undone must not keep the rest.
    for (const undo of undos.reverse()) await (async () => undo())().catch(() => undefined);
  }
}

async function play(stage: Stage, durationMs: () => number): Promise<DemoResult> {
  const { state, observer } = stage;
  const before = await measureOldApp(stage);

  state.step('The old app goes on adding jobs through Bull, its workers are gone');
  state.look(observer, PRODUCER_NAME);
  const producer = await startOldAppProducer(stage);
  state.step('CatchUp takes over, all 11 queues on Bull');
  const catchUp = await startApp(stage);
  await catchUp.ask('start-adding', null);
  await moveQueues(stage, catchUp);

  state.step('The old app is gone, the paused queue goes on, the backlogs run out');
  await producer.stop();
  await catchUp.ask('stop-adding', null);
  await catchUp.ask('resume', producer.pausedQueue);
  state.setPaused(producer.pausedQueue, false);
  const removedAtMs = await drain(stage, catchUp, producer.repeatingQueue);

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

async function startApp(stage: Stage): Promise<CatchUpClient> {
  const { state, redisUrl, httpRedis, signal, fail, atEnd } = stage;
  const catchUp = startCatchUp({
    redisUrl,
    httpRedis,
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

function engineOf(state: DemoState, queue: string): string {
  const phase = state.phases().get(queue);
  if (phase === 'target') return 'bullmq';
  return phase === 'legacy' ? 'bull' : 'both';
}
