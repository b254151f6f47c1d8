import { Redis } from 'ioredis';
import { parseClientList } from '../client-list.js';
import { startRedis, type RedisServer } from '../redis-server.js';
import { ask } from '../spec-support/ask.js';
import { readEvents } from '../spec-support/event-reader.js';
import { startRestEndpoint, type RestEndpoint } from './rest-endpoint.js';

let server: RedisServer;
let redis: Redis;
let endpoint: RestEndpoint;

beforeEach(async () => {
  server = await startRedis({
    users: [{ name: 'mute', password: 'p', rules: '+@all -subscribe resetchannels' }],
  });
  redis = new Redis(server.url);
  endpoint = await startRestEndpoint({ redisUrl: server.url });
});

afterEach(async () => {
  redis.disconnect();
  await endpoint.stop();
  await server.stop();
});

const ours = async () =>
  parseClientList(String(await redis.client('LIST'))).filter(({ name }) => name === 'switchyard-rest');

it('is a 400 when Redis refuses to subscribe', async () => {
  const mute = await startRestEndpoint({ redisUrl: `redis://mute:p@127.0.0.1:${server.port}` });
  try {
    expect(await ask(mute, '/subscribe/chat')).toMatchObject({
      status: 400,
      json: { error: expect.stringMatching(/^NOPERM/) },
    });
    expect(await ask(endpoint, '/subscribe')).toMatchObject({
      status: 400,
      json: { error: expect.stringMatching(/^ERR wrong number of arguments/) },
    });
  } finally {
    await mute.stop();
  }
});

it.each(['GET', 'POST'])('%s /subscribe/<channel> streams what is published', async (method) => {
  const body = method === 'POST' ? '[]' : undefined;
  const headers = { authorization: `Bearer ${endpoint.token}` };
  const events = await readEvents(endpoint, '/subscribe/chat', { method, headers, body });
  expect(events.contentType).toMatch('text/event-stream');
  expect(await events.next()).toBe('subscribe,chat,1');
  await ask(endpoint, '/publish/chat/hello');
  await ask(endpoint, '/publish/other/hello');
  await ask(endpoint, '/publish/chat', { body: 'a, "b"\nnext 🙂' });
  expect(await events.next()).toBe('message,chat,hello');
  expect(await events.next()).toBe('message,chat,a, "b"\nnext 🙂');
  events.leave();
});

it('takes the token from the query, as browsers have to give it', async () => {
  const events = await readEvents(endpoint, `/subscribe/chat?_token=${endpoint.token}`, { headers: {} });
  expect(await events.next()).toBe('subscribe,chat,1');
  events.leave();
});

it('subscribes to several channels at once', async () => {
  const events = await readEvents(endpoint, '/subscribe/a/b%2Fc');
  expect([await events.next(), await events.next()]).toEqual(['subscribe,a,1', 'subscribe,b/c,2']);
  await redis.publish('b/c', 'hello');
  expect(await events.next()).toBe('message,b/c,hello');
  events.leave();
});

it('streams what matches a pattern', async () => {
  const events = await readEvents(endpoint, '/psubscribe/ch*');
  expect(await events.next()).toBe('psubscribe,ch*,1');
  await redis.publish('chat', 'hello');
  expect(await events.next()).toBe('pmessage,ch*,chat,hello');
  events.leave();
});

it('streams what a monitor sees', async () => {
  const events = await readEvents(endpoint, '/monitor', {
    method: 'POST',
    headers: { authorization: `Bearer ${endpoint.token}` },
  });
  expect(await events.next()).toBe('"OK"');
  await redis.set('k', 'a "b"\n');
  expect(await events.next()).toMatch(/^\d+\.\d+ \[0 .*\] "set" "k" "a \\"b\\"\\n"$/);
  events.leave();
});

it('holds one connection more for each stream, until its reader leaves', async () => {
  expect(await ours()).toHaveLength(1);
  const events = await readEvents(endpoint, '/subscribe/chat');
  await events.next();
  expect(await ours()).toHaveLength(2);
  const [, stream] = await ours();
  events.leave();
  while ((await ours()).some(({ id }) => id === stream?.id));
  expect(await ours()).toHaveLength(1);
});

it('does not fill memory for a reader who is slow', async () => {
  const events = await readEvents(endpoint, '/subscribe/chat');
  await events.next();
  const before = process.memoryUsage.rss();
  const message = 'x'.repeat(1_000_000);
  // Until Redis has had enough of it: its limit for subscribers is 32 MB.
  while (Number(await redis.publish('chat', message)) > 0);
  expect(process.memoryUsage.rss() - before).toBeLessThan(200_000_000);
  events.leave();
});

it('ends when Redis goes, and can be opened again', async () => {
  const events = await readEvents(endpoint, '/subscribe/chat');
  await events.next();
  await server.kill();
  expect(await events.next()).toBeUndefined();
  expect(await ask(endpoint, '/subscribe/chat')).toMatchObject({
    status: 503,
    json: { error: expect.stringMatching(/^ERR Redis is unavailable/) },
  });
  await server.restart();
  const again = await readEvents(endpoint, '/subscribe/chat');
  expect(await again.next()).toBe('subscribe,chat,1');
  again.leave();
});

it('ends when the endpoint stops', async () => {
  const events = [await readEvents(endpoint, '/subscribe/chat'), await readEvents(endpoint, '/monitor')];
  for (const { next } of events) await next();
  await endpoint.stop();
  for (const { next } of events) while ((await next()) !== undefined);
  while ((await ours()).length > 0);
});

it('breaks off when the endpoint crashes', async () => {
  const events = await readEvents(endpoint, '/subscribe/chat');
  await events.next();
  await endpoint.stop({ isGraceful: false });
  await expect(events.next()).rejects.toThrow('terminated');
});
