import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { SLOT_TEXT } from './slot-text.lua.js';

describe('the text of a slot', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  test('[13] is the one that Bull writes, between milliseconds too', async () => {
    const first = 1_763_648_123_142;
    const slots = Array.from({ length: 700 }, (_, n) => first + (n * 3000) / 7);
    await redis.zadd('slots', ...slots.flatMap((slot) => [slot, `at ${slot}`]));
    const texts = await redis.eval(
      `${SLOT_TEXT}
      local texts = {}
      for n, score in ipairs(redis.call('ZRANGE', 'slots', 0, -1, 'WITHSCORES')) do
        if n % 2 == 0 then texts[#texts + 1] = slotText(score) end
      end
      return texts`,
      0,
    );
    expect(texts).toEqual(slots.map(String));
  });
});
