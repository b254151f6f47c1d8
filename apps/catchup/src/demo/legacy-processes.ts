import { startChild, type Child } from './child-process.js';
import { measureIdle, type Idle } from './idle.js';
import type { LegacyMessage } from './legacy/messages.js';
import { orAborted, type Stage } from './stage.js';

/** Runs the old app with nothing to do, counts, and ends it. */
export async function measureLegacyApp(stage: Stage): Promise<Idle> {
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

export interface Producer {
  readonly child: Child;
  pausedQueue(): string;
  repeatingQueue(): string;
}

/** Starts what adds jobs through Bull; resolves when the queues are filled. It goes on until it is stopped. */
export async function startProducer(stage: Stage): Promise<Producer> {
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
