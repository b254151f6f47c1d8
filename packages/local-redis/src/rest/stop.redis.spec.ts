import { Redis } from 'ioredis';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { parseClientList } from '../client-list.js';
import { startRedis, type RedisServer } from '../redis-server.js';
import { ask } from '../spec-support/ask.js';
import { startRestEndpoint, type RestEndpoint } from './rest-endpoint.js';

let server: RedisServer;
let redis: Redis;
let endpoint: RestEndpoint;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

beforeEach(async () => {
  endpoint = await startRestEndpoint({ redisUrl: server.url });
});

afterEach(() => endpoint.stop({ isGraceful: false }));

const untilAsked = async (requests: number) => {
  while (endpoint.requests < requests) await new Promise(setImmediate);
};

const connectionsOfOurs = async () =>
  parseClientList(String(await redis.client('LIST'))).filter(({ name }) => name === 'switchyard-rest').length;

it('answers what is under way', async () => {
  endpoint.setFaults({ latencyMs: 50 });
  const asked = ask(endpoint, '/echo/hello');
  await untilAsked(1);
  await endpoint.stop();
  const { json, headers } = await asked;
  expect(json).toEqual({ result: 'hello' });
  expect(headers.get('connection')).not.toBe('keep-alive');
});

it('opens no event stream any more', async () => {
  endpoint.setFaults({ latencyMs: 50 });
  const asked = ask(endpoint, '/subscribe/chat');
  await untilAsked(1);
  await endpoint.stop();
  expect(await asked).toMatchObject({
    status: 503,
    json: { error: 'ERR Redis is unavailable: the endpoint is stopping' },
  });
});

it('waits for nobody who is idle, and leaves nothing open', async () => {
  await ask(endpoint, '/ping');
  const idle = connect(endpoint.port, '127.0.0.1');
  await once(idle, 'connect');
  await endpoint.stop();
  await once(idle.resume(), 'close');
  while ((await connectionsOfOurs()) > 0);
  await expect(ask(endpoint, '/ping')).rejects.toThrow('fetch failed');
});

it('does nothing the second time', async () => {
  await Promise.all([endpoint.stop(), endpoint.stop()]);
  await endpoint.stop();
});

it('a crash answers nothing', async () => {
  endpoint.setFaults({ latencyMs: 60_000 });
  const asked = ask(endpoint, '/ping');
  const failed = expect(asked).rejects.toThrow('fetch failed');
  await untilAsked(1);
  await endpoint.stop({ isGraceful: false });
  await failed;
  while ((await connectionsOfOurs()) > 0);
});

it('a crash cuts a graceful stop short', async () => {
  endpoint.setFaults({ latencyMs: 60_000 });
  const failed = expect(ask(endpoint, '/ping')).rejects.toThrow('fetch failed');
  await untilAsked(1);
  const stopped = endpoint.stop();
  await endpoint.stop({ isGraceful: false });
  await stopped;
  await failed;
});

it.each([true, false])('can be started again on its port at once (graceful: %p)', async (isGraceful) => {
  const { port, token } = endpoint;
  for (let round = 0; round < 5; round += 1) {
    expect((await ask(endpoint, '/ping')).status).toBe(200);
    await endpoint.stop({ isGraceful });
    endpoint = await startRestEndpoint({ redisUrl: server.url, port, token });
  }
  expect((await ask(endpoint, '/ping')).status).toBe(200);
});

it('says that its port is taken, and leaves nothing open', async () => {
  const before = await connectionsOfOurs();
  const second = startRestEndpoint({ redisUrl: server.url, port: endpoint.port });
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  // By the time that this one has connected, the other would have.
  const third = await startRestEndpoint({ redisUrl: server.url });
  await third.stop();
  while ((await connectionsOfOurs()) > before);
});

it('a client that goes in the middle harms nobody', async () => {
  const half = connect(endpoint.port, '127.0.0.1');
  half.write(
    `POST / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${endpoint.token}\r\ncontent-length: 100\r\n\r\n["SET"`,
  );
  await untilAsked(1);
  half.resetAndDestroy();
  const leaving = new AbortController();
  endpoint.setFaults({ latencyMs: 20 });
  const left = fetch(`${endpoint.url}/ping?_token=${endpoint.token}`, { signal: leaving.signal });
  await untilAsked(2);
  leaving.abort();
  await expect(left).rejects.toThrow('aborted');
  expect((await ask(endpoint, '/ping')).status).toBe(200);
});

it('does not keep a process from ending', async () => {
  const sources = new URL('../index.ts', import.meta.url).href;
  const loader = new URL('../../../../tools/ci/start-typescript.mjs', import.meta.url).href;
  const program = `
    import { startRestEndpoint } from '${sources}';
    const endpoint = await startRestEndpoint({ redisUrl: '${server.url}' });
    const response = await fetch(endpoint.url + '/ping?_token=' + endpoint.token);
    console.log(await response.text());`;
  const child = spawn(process.execPath, [`--import=${loader}`, '--input-type=module', `--eval=${program}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += String(chunk)));
  const [code] = (await once(child, 'exit')) as [number];
  expect({ code, said }).toEqual({ code: 0, said: '{"result":"PONG"}\n' });
});
