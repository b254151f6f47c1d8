import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { startRedis, type RedisServer } from '../redis-server.js';

const PROGRAM = new URL('./switchyard-rest.ts', import.meta.url).pathname;
const LOADER = new URL('../../../../tools/ci/start-typescript.mjs', import.meta.url).href;

let server: RedisServer;
let child: ChildProcessByStdio<null, Readable, Readable>;
let lines: Interface;
let complaints = '';

beforeAll(async () => {
  server = await startRedis();
});

afterAll(() => server.stop());

afterEach(() => child.kill('SIGKILL'));

function start(args: readonly string[], env: Record<string, string>): void {
  child = spawn(process.execPath, [`--import=${LOADER}`, PROGRAM, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  });
  complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += String(chunk)));
  lines = createInterface({ input: child.stdout });
}

const nextLine = async () => ((await once(lines, 'line')) as [string])[0];
const urlOf = (line: string) => /http:\/\/[^,]+/.exec(line)?.[0] ?? '';

it('serves until SIGTERM, and ends event streams before it ends', async () => {
  start(['--redis-url', server.url], { UPSTASH_REDIS_REST_TOKEN: 'sekret' });
  const line = await nextLine();
  expect(line).not.toContain('sekret');
  const url = urlOf(line);
  expect((await fetch(`${url}/ping?_token=wrong`)).status).toBe(401);
  expect((await fetch(`${url}/ping?_token=sekret`)).status).toBe(200);
  const stream = await fetch(`${url}/subscribe/chat?_token=sekret`);
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await stream.text()).toBe('data: subscribe,chat,1\n\n');
  expect(await exited).toEqual([0, null]);
  expect(complaints).toBe('');
});

it('waits for what is under way, but not when it is told twice', async () => {
  start(['--redis-url', server.url], { UPSTASH_REDIS_REST_TOKEN: 'sekret' });
  const { port, host } = new URL(urlOf(await nextLine()));
  const client = connect(Number(port), '127.0.0.1');
  const head = ['POST / HTTP/1.1', `host: ${host}`, 'authorization: Bearer sekret', 'content-length: 8'];
  client.write(`${[...head, 'expect: 100-continue'].join('\r\n')}\r\n\r\n`);
  expect(String((await once(client, 'data'))[0])).toMatch('100 Continue');
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  // It listens no more, but its client is still there.
  while (await fetch(`http://${host}/`).catch(() => undefined));
  expect(child.exitCode).toBeNull();
  const broken = once(client, 'error');
  child.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  expect((await broken)[0]).toMatchObject({ code: 'ECONNRESET' });
});

it('ends with 1 when its port is taken', async () => {
  const taken = new URL(server.url).port;
  start(['--port', taken], { REDIS_URL: server.url });
  expect(await once(child, 'exit')).toEqual([1, null]);
  expect(complaints).toMatch(/^switchyard-rest: .*EADDRINUSE/);
});
