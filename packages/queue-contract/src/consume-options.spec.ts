import { resolveConsumeOptions } from './consume-options.js';
import { InvalidOptionError } from './errors.js';
import type { ConsumeOptions } from './job-consumer.js';

const limit = { max: 5, durationMs: 1000 };
const { signal } = new AbortController();
const gate = { enter: async () => () => undefined };

test('a consumer goes by its own options, else by the declaration, else runs one job at a time', () => {
  expect(resolveConsumeOptions({ name: 'q' })).toEqual({ concurrency: 1 });
  const definition = { name: 'q', worker: { concurrency: 3, limit } };
  expect(resolveConsumeOptions(definition, { concurrency: undefined })).toEqual({ concurrency: 3, limit });
  const own = { concurrency: 7, limit: { max: 1, durationMs: 5 }, signal, gate };
  expect(resolveConsumeOptions(definition, own)).toEqual(own);
});

test.each<object>([
  { concurrency: 0 },
  { limit: { max: 1 } },
  { limit: { ...limit, groupKey: 'user' } },
  { drainDelay: 5 },
  { limiter: limit },
  { lockDuration: 1000 },
])('%p is refused, and the queue is named', (options) => {
  const resolve = () => resolveConsumeOptions({ name: 'q' }, options as ConsumeOptions);
  expect(resolve).toThrow(InvalidOptionError);
  expect(resolve).toThrow('queue "q"');
});
