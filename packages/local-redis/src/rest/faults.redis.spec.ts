import { startRedis, type RedisServer } from '../redis-server.js';
import { ask } from '../spec-support/ask.js';
import { readEvents } from '../spec-support/event-reader.js';
import { startRestEndpoint, type RestEndpoint } from './rest-endpoint.js';

let server: RedisServer;
let endpoint: RestEndpoint;
let drawn = 0;

beforeAll(async () => {
  server = await startRedis();
});

beforeEach(async () => {
  endpoint = await startRestEndpoint({ redisUrl: server.url, random: () => drawn });
});

afterEach(async () => {
  endpoint.setFaults({});
  await ask(endpoint, '/flushall');
  await endpoint.stop();
});

afterAll(() => server.stop());

const incr = () => ask(endpoint, '/incr/n');
const count = async () => {
  endpoint.setFaults({});
  return Number(((await ask(endpoint, '/get/n')).json as { result: string | null }).result);
};

it('answers with 500 and runs nothing', async () => {
  endpoint.setFaults({ errorShare: 0.5 });
  drawn = 0.49;
  expect(await incr()).toMatchObject({ status: 500, json: { error: expect.any(String) } });
  drawn = 0.5;
  expect(await incr()).toMatchObject({ status: 200, json: { result: 1 } });
  expect(await count()).toBe(1);
});

it.each([
  [0.24, 'before the command runs', 0],
  [0.25, 'after the command ran', 1],
])('a draw of %p resets the connection %s', async (draw, _, ran) => {
  endpoint.setFaults({ dropShare: 0.5 });
  drawn = draw;
  await expect(incr()).rejects.toMatchObject({
    cause: { code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) },
  });
  expect(await count()).toBe(ran);
});

it('befalls event streams, too', async () => {
  endpoint.setFaults({ dropShare: 1 });
  drawn = 0;
  await expect(ask(endpoint, '/subscribe/chat')).rejects.toThrow('fetch failed');
  endpoint.setFaults({ errorShare: 1 });
  expect((await ask(endpoint, '/subscribe/chat')).status).toBe(500);
  endpoint.setFaults({});
  const events = await readEvents(endpoint, '/subscribe/chat');
  expect(await events.next()).toBe('subscribe,chat,1');
  events.leave();
});

it('can be set at the start', async () => {
  const failing = await startRestEndpoint({ redisUrl: server.url, faults: { errorShare: 1 } });
  expect((await ask(failing, '/ping')).status).toBe(500);
  await failing.stop();
});

it('adds latency to each request, not to each command', async () => {
  endpoint.setFaults({ latencyMs: 40 });
  const took = async (request: () => Promise<unknown>) => {
    const start = performance.now();
    await request();
    return performance.now() - start;
  };
  const one = await took(incr);
  expect(one).toBeGreaterThanOrEqual(39);
  const body = Array.from({ length: 50 }, () => ['PING']);
  expect(await took(() => ask(endpoint, '/pipeline', { body }))).toBeLessThan(10 * one);
  expect(await took(() => Promise.all(Array.from({ length: 20 }, incr)))).toBeLessThan(10 * one);
});

it('refuses what cannot be, and keeps what was', async () => {
  endpoint.setFaults({ errorShare: 1 });
  drawn = 0.5;
  expect(() => endpoint.setFaults({ dropShare: 2 })).toThrow('dropShare: must be from 0 to 1, is 2');
  expect((await incr()).status).toBe(500);
});
