import { startRedisOverHttp, type RedisOverHttp } from './redis-over-http.js';

// Whoever imports these has them for the specs of his file.
export let redis: RedisOverHttp;
/** Another one in each spec. */
export let userId: string;

let users = 0;
beforeAll(async () => {
  redis = await startRedisOverHttp();
});
afterAll(() => redis.stop());
beforeEach(() => {
  userId = `user-${++users}`;
});
