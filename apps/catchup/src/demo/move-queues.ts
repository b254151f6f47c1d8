import { setTimeout as sleep } from 'node:timers/promises';
import type { CatchUpClient } from './catchup-client.js';
import type { Stage } from './stage.js';
import { traffic } from './traffic.js';

/** After so many moves the first queue, the one with a schedule, goes back to Bull and then moves again. */
const ROLL_BACK_AFTER = 3;

/** Moves queue after queue in migration order by changing USE_BULLMQ; rolls one back and moves it again. */
export async function moveQueues({ state, timeline, signal }: Stage, catchUp: CatchUpClient): Promise<void> {
  const onBullMq = new Set<string>();
  const change = async (step: string) => {
    state.step(step);
    await catchUp.ask('flags', [...onBullMq].join(','));
    await sleep(timeline.betweenMovesMs, undefined, { signal });
  };

  await sleep(timeline.beforeFirstMoveMs, undefined, { signal });
  const [first] = traffic;
  for (const [index, { name }] of traffic.entries()) {
    onBullMq.add(name);
    await change(`${name} moves: adds go to BullMQ, both are consumed`);
    if (index + 1 === ROLL_BACK_AFTER && first) {
      onBullMq.delete(first.name);
      await change(`${first.name} is rolled back: adds go to Bull again`);
      onBullMq.add(first.name);
      await change(`${first.name} moves again`);
    }
  }
}
