import { setTimeout as sleep } from 'node:timers/promises';
import { POLL_MS, type Stage } from './stage.js';

/** Longer than the repeatable job's interval: the slot of its removed firing still wakes somebody up. */
const STEADY_FOR_MS = 5000;
const STEADY_TIMEOUT_MS = 20_000;

export interface Idle {
  readonly connections: number;
  readonly billedPerMinute: number;
}

/** Leaves Redis alone for a while and counts what the only process that is connected did to it. */
export async function measureIdle(stage: Stage, who: string): Promise<Idle> {
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
  const deadlineMs = performance.now() + STEADY_TIMEOUT_MS;
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
