// Brings a bare clone to where everything else can run: dependencies installed, a Redis and a PostgreSQL server at hand.
// Does nothing, quickly, when all of it is there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { pathToFileURL } from 'node:url';
import { withLock } from './lock.mjs';
import { run } from './run-command.mjs';
import { binOf, main, PlainError, root, say } from './workspace.mjs';

/**
 * @param withRedis looks for a Redis server, which all but the world needs
 * @param withPostgres looks for a PostgreSQL as well, which the specs of some packages need, but no demo
 */
export async function setUp({ withRedis = true, withPostgres = false } = {}) {
  // Two commands started at once in one clone take turns.
  await withLock('setup', async () => {
    if (!isInstalled()) await install();
    if (withRedis) await build('packages/local-redis');
    if (withPostgres) await build('packages/local-postgres');
  });
  if (withRedis) {
    const { findRedisServer } = await distOf('local-redis');
    const redis = await findOrExplain(findRedisServer, 'REDIS_SERVER_NOT_FOUND');
    say(`Redis server: ${redis.path}`);
  }
  if (!withPostgres) return;
  const { findPostgres } = await distOf('local-postgres');
  // Before specs do so in several processes at once: each would fetch it for itself.
  const postgres = await findOrExplain(findPostgres, 'POSTGRES_NOT_FOUND');
  say(`PostgreSQL: ${postgres.version} in ${postgres.binFolder}`);
}

const distOf = (name) => import(pathToFileURL(join(root, 'packages', name, 'dist', 'index.js')).href);

/** What it says to install is all that the user needs to know. */
function findOrExplain(find, code) {
  return find({ onProgress: say }).catch((error) => {
    throw error.code === code ? new PlainError(error.message) : error;
  });
}

/** Compiles a package and everything it references; only what changed. */
export async function build(folder) {
  const code = await run(process.execPath, [binOf('typescript'), '-b', join(folder, 'tsconfig.lib.json')], {
    stdout: 'stderr',
  });
  if (code !== 0) throw new PlainError(`Compiling ${folder} failed.`);
}

/**
 * npm's own record of what it installed, held against the lock file. npm writes it last, so an interrupted
 * installation has none.
 */
function isInstalled() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      !path.includes('node_modules/') ||
      entry.optional ||
      (installed[path]?.version === entry.version && Boolean(installed[path]?.link) === Boolean(entry.link)),
  );
}

/** npm tells where it lives when it runs us; under plain `node` it is looked up on PATH. */
export const npm = () =>
  process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];

async function install() {
  say('Installing dependencies (npm ci) …');
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const progress = setInterval(() => say(`  … still installing, ${seconds()} s`), 10_000);
  const [command, ...args] = [...npm(), 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  let code = await run(command, args, { stdout: 'stderr' });
  if (code !== 0) {
    say('npm ci failed: trying once more …');
    code = await run(command, args, { stdout: 'stderr' });
  }
  clearInterval(progress);
  if (code !== 0) throw new PlainError(`npm ci failed with exit code ${code}.`);
  say(`Dependencies installed in ${seconds()} s.`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(() => setUp({ withPostgres: true }));
}
