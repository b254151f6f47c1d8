import { startFaultyProxy, type FaultyProxy } from '@switchyard/local-redis';
import { createCache, type Cache, type CacheEntries } from './index.js';
import { startRedisOverHttp, type RedisOverHttp } from './spec-support/redis-over-http.js';

const entries = { PROFILE: { ttlSeconds: 60, tags: ['profiles'] } } satisfies CacheEntries;

let redis: RedisOverHttp;
let proxy: FaultyProxy;
beforeAll(async () => {
  redis = await startRedisOverHttp();
  proxy = await startFaultyProxy({ targetPort: redis.endpoint.port });
});
afterAll(async () => {
  await redis.stop();
  await proxy.stop();
});

const inRedis = () => createCache({ redis: redis.connect(), entries }).forUser('ada').get('PROFILE');

const later = (what: () => Promise<boolean>) =>
  new Promise<void>((resolve, reject) => {
    const look = () => what().then((isSo) => (isSo ? resolve() : setTimeout(look, 10)), reject);
    look();
  });

it.each<[name: string, scope: string, clear: (cache: Cache<typeof entries>) => Promise<boolean>]>([
  ['clearUser', 'cache~user:ada', (cache) => cache.clearUser('ada')],
  ['deleteByTag', 'cache~tag:profiles', (cache) => cache.deleteByTag('profiles')],
])('a try of %s that arrives after the next one brings nothing back', async (_name, scope, clear) => {
  const client = redis.connect({ url: `http://127.0.0.1:${proxy.port}` });
  const cache = createCache({ redis: client, entries, timeoutMs: 500 });
  const mine = cache.forUser('ada');
  await mine.get('PROFILE');

  proxy.stall('to-server'); // the connection that is kept; the next try takes another
  expect(await clear(cache)).toBe(true);
  await mine.set('PROFILE', 'secret');
  expect(await clear(cache)).toBe(true);
  expect(await inRedis()).toBeUndefined();

  const generation = await redis.inside.get(scope);
  proxy.resume();
  await later(async () => (await redis.inside.get(scope)) !== generation);
  expect(await inRedis()).toBeUndefined();
});
