import { startRedis, type StartRedisOptions } from '@switchyard/local-redis';
import { hasBull } from './testing/flag-modes.js';
import { compileCatchUp, endSpawned, spawnCatchUp } from './testing/spawned-catchup.js';

/** Both engines connect, as long as there are two. */
const USE_BULLMQ = hasBull ? 'adaptive-sync' : 'true';
const SECRET = 'hunter2 %40/:é';

const cleanups: (() => unknown)[] = [];
beforeAll(() => compileCatchUp(), 120_000);
afterEach(async () => {
  await endSpawned();
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function start(options: StartRedisOptions) {
  const server = await startRedis(options);
  cleanups.push(() => server.stop());
  return server;
}

const everything = { name: 'app', password: SECRET, rules: '~* &* +@all' };
const login = `app:${encodeURIComponent(SECRET)}`;

test('the app runs on a URL with escapes, a user and a database', async () => {
  const { port } = await start({ users: [everything] });
  const app = spawnCatchUp({ REDIS_URL: `redis://${login}@127.0.0.1:${port}/3`, USE_BULLMQ });
  await app.ready();
  expect(JSON.stringify(app.log)).not.toContain('hunter2');
});

test('the app runs on a Unix socket', async () => {
  const { socketPath = '' } = await start({ unixSocket: true, users: [everything] });
  const REDIS_URL = `unix://${login}@${encodeURI(socketPath)}?db=1`;
  const app = spawnCatchUp({ REDIS_URL, USE_BULLMQ });
  await app.ready();
});

test('the app runs on its parts, with TLS', async () => {
  const { port, folder } = await start({ tls: true, users: [everything] });
  const app = spawnCatchUp({
    REDIS_HOST: 'localhost',
    REDIS_PORT: String(port),
    REDIS_USERNAME: 'app',
    REDIS_PASSWORD: SECRET,
    REDIS_TLS: 'true',
    NODE_EXTRA_CA_CERTS: `${folder}/server.crt`,
    USE_BULLMQ,
  });
  await app.ready();
});

test.each(['', 'nobody'])('a refused login of user %j shows its password nowhere', async (user) => {
  const { port } = await start({ settings: { requirepass: 'another' } });
  const url = `redis://${user}:${encodeURIComponent(SECRET)}@127.0.0.1:${port}`;
  const app = spawnCatchUp({ REDIS_URL: url, USE_BULLMQ: 'true' });
  expect(await app.ended).toEqual({ code: 1, signal: null });
  expect(app.stderr).toMatch(/refuses the user name or password/);
  expect(app.log.length).toBeGreaterThan(0);
  expect(app.stderr + JSON.stringify(app.log)).not.toContain('hunter2');
});
