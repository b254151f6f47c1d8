import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { rejection } from './spec-support/rejection.js';
import { createSpecClient } from './spec-support/spec-client.js';

let certified: RedisServer;
let server: Server;
let url: string;
let requests = 0;
beforeAll(async () => {
  // For the certificate that it makes.
  certified = await startRedis({ tls: true });
  const [cert, key] = ['server.crt', 'server.key'].map((name) => readFileSync(join(certified.folder, name)));
  server = createServer({ cert, key }, (_, response) => {
    requests += 1;
    response.end('{"result":"by TLS"}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await certified.stop();
});

test('a server whose certificate nobody trusts gets neither a command nor the token', async () => {
  const redis = createSpecClient({ url, retry: 'none' });
  const error = await rejection(redis.set('a', 1));
  expect(error).toMatchObject({
    reason: 'refused',
    systemCode: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    mayHaveBeenApplied: false,
  });
  expect(requests).toBe(0);
  await redis.close();
});

test('one that is trusted answers, and a connection that is kept keeps no process', async () => {
  const here = dirname(fileURLToPath(import.meta.url));
  const loader = join(here, '../../../tools/ci/start-typescript.mjs');
  const program = `
    import { createHttpRedis } from '${join(here, 'index.ts')}';
    const redis = createHttpRedis({ url: '${url}', token: 't' });
    const held = () => process.getActiveResourcesInfo().filter((kind) => /TCP|TLS|Timeout/.test(kind));
    const answer = redis.get('a');
    await new Promise((resolve) => process.nextTick(resolve));
    console.log(String(held().includes('Timeout')), await answer);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    console.log(held());`;
  const args = [
    '--conditions=@switchyard/source',
    `--import=${loader}`,
    '--input-type=module',
    '-e',
    program,
  ];
  const env = { ...process.env, NODE_OPTIONS: '', NODE_EXTRA_CA_CERTS: join(certified.folder, 'server.crt') };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(stdout).toBe('true by TLS\n[]\n');
});
