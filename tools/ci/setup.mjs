// Brings a bare clone to where everything else can run: dependencies installed, a Redis server at hand.
// Does nothing, quickly, when all of it is there.
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { run } from './run-command.mjs';
import { binOf, cacheFolder, main, PlainError, root, say } from './workspace.mjs';

export async function setUp() {
  await withLock(async () => {
    if (!isInstalled()) await install();
    await build('packages/local-redis');
  });
  const { findRedisServer } = await import(
    pathToFileURL(join(root, 'packages', 'local-redis', 'dist', 'index.js')).href
  );
  const server = await findRedisServer({ onProgress: say }).catch((error) => {
    throw error.code === 'REDIS_SERVER_NOT_FOUND' ? new PlainError(error.message) : error;
  });
  say(`Redis server: ${server.path}`);
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

async function install() {
  say('Installing dependencies (npm ci) …');
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const progress = setInterval(() => say(`  … still installing, ${seconds()} s`), 10_000);
  // npm tells where it lives when it runs us; under plain `node` it is looked up on PATH.
  const npm = process.env.npm_execpath?.endsWith('.js')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm'];
  const [command, ...args] = [...npm, 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await run(command, args, { stdout: 'stderr' }).finally(() => clearInterval(progress));
  if (code !== 0) throw new PlainError(`npm ci failed with exit code ${code}.`);
  say(`Dependencies installed in ${seconds()} s.`);
}

/** Two commands started in one clone at once take turns; the lock of a dead process does not count. */
async function withLock(body) {
  const lock = join(cacheFolder, 'setup.lock');
  const ticket = `${lock}.${process.pid}`;
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(ticket, String(process.pid));
  const release = () => [lock, ticket].forEach((file) => rmSync(file, { force: true }));
  for (let waited = false; ; waited = true) {
    try {
      // A link appears with its content, so nobody ever reads a lock without an owner.
      linkSync(ticket, lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isAlive(Number(readOrEmpty(lock)))) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!waited) say('Another set-up is running in this clone: waiting for it …');
    await sleep(200);
  }
  process.once('exit', release);
  try {
    return await body();
  } finally {
    release();
    process.off('exit', release);
  }
}

function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main(setUp);
