import { contacts, eventually, recorder, startInstance } from './spec-support/instance.js';
import { redisOfSpec } from './spec-support/redis-of-spec.js';

const redis = redisOfSpec();

test('[17] a queue that was paused before, and is empty, stays paused when a deploy moves it', async () => {
  const { rollout, engines } = startInstance(redis.url, 100);
  await engines.legacy.queue(contacts).control.pause(); // by tools that know of one engine
  const ran = recorder();
  const queue = rollout.queue(contacts);
  const consumer = queue.consumer.consume(ran.handlers);
  await rollout.start();
  await consumer.ready();
  expect(await queue.control.isPaused()).toBe(true);
  await queue.producer.add('sync', { n: 1 });
  await rollout.settled(contacts.name, { timeoutMs: 10_000 });
  expect(ran.ran()).toEqual([]);
  await queue.control.resume();
  await eventually(() => expect(ran.ran()).toEqual([1]));
  expect(await engines.legacy.queue(contacts).control.isPaused()).toBe(false);
});

test('a target that is kept paused until it is used pauses nothing', async () => {
  const { rollout, engines } = startInstance(redis.url, 0);
  await engines.target.queue(contacts).control.pause();
  const ran = recorder();
  const queue = rollout.queue(contacts);
  queue.consumer.consume(ran.handlers);
  await rollout.start();
  await queue.producer.add('sync', { n: 1 });
  await eventually(() => expect(ran.ran()).toEqual([1]));
});
