import {
  defineQueue,
  type EngineQueue,
  type JobEvents,
  type QueueEvents,
  type StandardSchema,
} from '@switchyard/queue-contract';
import type { Side } from './route.js';
import type { Sides } from './sides.js';
import { createSwitchedEvents } from './switched-events.js';

const anything: StandardSchema = {
  '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) },
};
const definition = defineQueue({ name: 'spec', tier: 'medium', jobs: { work: anything } });

interface Listening {
  readonly event: keyof QueueEvents;
  tell(payload: unknown): void;
}

/** One side's queue; `begin` and `end` say what becomes of a subscription that begins or ends. */
function place({ begin = async () => {}, end = async () => {} } = {}) {
  const listening = new Set<Listening>();
  const on: JobEvents['on'] = async (event, listener) => {
    await begin();
    const own: Listening = { event, tell: (payload) => listener(payload as never) };
    listening.add(own);
    return async () => {
      await end();
      listening.delete(own);
    };
  };
  const queue = { definition, events: { on } } as unknown as EngineQueue;
  return {
    queue,
    listening,
    tell(event: keyof QueueEvents, payload: unknown) {
      for (const each of listening) if (each.event === event) each.tell(payload);
    },
  };
}

function switched(legacy: ReturnType<typeof place>, target: ReturnType<typeof place>) {
  const reported: Error[] = [];
  const open = new Set<Side>(['legacy', 'target']);
  const sides: Sides = { legacy: legacy.queue, target: target.queue };
  const events = createSwitchedEvents(
    sides,
    () => [legacy.queue, target.queue],
    () => [...open],
    () => true,
    (error) => reported.push(error),
  );
  return { events, open, reported };
}

const never = () => new Promise<void>(() => {});
const turn = () => new Promise((resolve) => setImmediate(resolve));

test.each(['legacy', 'target'] as const)(
  'a %s engine that leaves a subscription waiting keeps nobody from hearing the other',
  async (silent) => {
    const [mute, other] = [place({ begin: never }), place()];
    const { events } = silent === 'legacy' ? switched(mute, other) : switched(other, mute);
    const heard: string[] = [];
    void events.on('completed', ({ jobId }) => heard.push(jobId));
    void events.on('failed', ({ jobId }) => heard.push(jobId));
    await turn();
    other.tell('completed', { jobId: 'one' });
    other.tell('failed', { jobId: 'two' });
    expect(heard).toEqual(['one', 'two']);
  },
);

test('a look listens for everybody on a side that opened, though another side is silent', async () => {
  let isSilent = false;
  const legacy = place({ begin: async () => (isSilent ? never() : undefined) });
  const target = place();
  const { events, open } = switched(legacy, target);
  open.delete('legacy');
  open.delete('target');
  await events.on('completed', () => {});
  await events.on('failed', () => {});
  isSilent = true;
  open.add('legacy').add('target');
  void events.align();
  await turn();
  expect([...target.listening].map(({ event }) => event)).toEqual(['completed', 'failed']);
});

test('a close ends all it can, reports what it cannot, and fails for nobody', async () => {
  const broken = async () => {
    throw new Error('no connection');
  };
  const [legacy, target] = [place({ end: broken }), place()];
  const { events, reported } = switched(legacy, target);
  await events.on('completed', () => {});
  await events.on('drained', () => {});
  expect(target.listening.size).toBeGreaterThan(0);
  await events.close();
  expect(target.listening.size).toBe(0);
  expect(reported.map(({ message }) => message)).toEqual(['no connection', 'no connection']);
});

test('who listens for drained hears it once, and leaves nothing behind', async () => {
  const [legacy, target] = [place(), place()];
  const { events } = switched(legacy, target);
  let drained = 0;
  const end = await events.on('drained', () => (drained += 1));
  for (const each of [legacy, target]) each.tell('drained', {});
  await turn();
  expect(drained).toBe(1);
  target.tell('waiting', { jobId: 'one' });
  target.tell('drained', {});
  await turn();
  expect(drained).toBe(2);
  await end();
  expect([legacy.listening.size, target.listening.size]).toEqual([0, 0]);
});
