// One process of an app with a cache, which does what its parent says, a message a call. A fetch tells the parent that it
// has begun, and ends when the parent hands it its value. Its clock is real time and what the parent adds to it.
import { performance } from 'node:perf_hooks';
import { createHttpRedis } from '@switchyard/http-redis';
import { createCache } from '../src/index.ts';

const { url, token, ...options } = JSON.parse(process.argv[2]);
let addedMs = 0;
const monotonicMs = () => performance.now() + addedMs;
const cache = createCache({ redis: createHttpRedis({ url, token }), ...options, monotonicMs });
const ends = new Map();

const fetchOf = (id) => () => {
  process.send({ id, isFetching: true });
  return new Promise((resolve) => ends.set(id, resolve));
};

async function answer({ id, user, method, args }) {
  const view = user === null ? cache : cache.forUser(user);
  try {
    const [key, ...rest] = args;
    const isFetched = method === 'getOrSet';
    const answered = await (isFetched ? view.getOrSet(key, fetchOf(id), ...rest) : view[method](...args));
    process.send({ id, answer: answered });
  } catch (error) {
    process.send({ id, problem: String(error) });
  }
}

process.on('message', (message) => {
  if (message.addMs) addedMs += message.addMs;
  else if (message.end) ends.get(message.id)(message.end.value);
  else void answer(message);
});
process.send({ isReady: true });
