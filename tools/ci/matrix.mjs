// `npm run ci:matrix [-- --all]`: legs of the CI matrix, one after another, and a table of them, which is also written
// to .cache/matrix.txt. By default what tells most in a quarter of an hour; `--all` runs every leg there is.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { hasBull } from './differences.mjs';
import { ALL_FLAGS, WITHOUT_BULL, matrixRows } from './legs.mjs';
import { drawTable, parseOutcome } from './matrix-table.mjs';
import { run } from './run-command.mjs';
import { findServer } from './servers.mjs';
import { npm, setUp } from './setup.mjs';
import { cacheFolder, main, root, say } from './workspace.mjs';

const TABLE = join(cacheFolder, 'matrix.txt');
/** Nodes by major version and servers by name: each is looked for once. */
const found = new Map();

await main(async (args) => {
  const { values } = parseArgs({ args, options: { all: { type: 'boolean', default: false } } });
  await setUp();
  const rows = matrixRows({
    isAll: values.all,
    hasBull: hasBull(),
    major: Number(process.versions.node.split('.')[0]),
  });
  const outcomes = [];
  for (const row of rows) outcomes.push({ ...row, ...(await runRow(row)) });
  const table = drawTable(outcomes);
  writeFileSync(TABLE, `${table}\n`);
  process.stdout.write(`\n${table}\n`);
  say(`\nThe table is in ${TABLE}`);
  const count = (wanted) => outcomes.filter(({ result }) => result === wanted).length;
  return count('ok') > 0 && count('FAILED') === 0 ? 0 : 1;
});

async function runRow(row) {
  if (row.reason) return { result: 'not run', note: row.reason };
  const server = await findOnce(row.server, () => findServer(row.server));
  if (server.reason) return { result: 'not run', note: server.reason };
  const node = await findOnce(row.major, () => findNode(row.major));
  if (node.reason) return { result: 'not run', note: node.reason };
  const about = { node: node.version, serverVersion: server.version };
  say(`\n=== Node ${node.version}, ${row.server} ${server.version}, ${row.flag}`);
  const startedAt = Date.now();
  let tail = '';
  const code = await run(node.path, commandOf(row), {
    stdout: (chunk) => {
      process.stdout.write(chunk);
      tail = (tail + chunk).slice(-4096);
    },
    env: {
      USE_BULLMQ: row.flag === ALL_FLAGS || row.flag === WITHOUT_BULL ? '' : row.flag,
      PATH: [dirname(node.path), process.env.PATH].join(delimiter),
    },
  });
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  return { ...about, seconds, ...parseOutcome(tail, code) };
}

function commandOf({ flag, server, isShort }) {
  const short = isShort ? ['--short'] : [];
  return flag === WITHOUT_BULL
    ? [join(root, 'tools', 'ci', 'without-bull.mjs'), ...short]
    : [join(root, 'tools', 'ci', 'leg.mjs'), `--server=${server}`, ...short];
}

async function findOnce(key, find) {
  if (!found.has(key)) found.set(key, await find());
  return found.get(key);
}

/** The Node that runs this when it is of that major version, else the one npm distributes, kept in .cache. */
async function findNode(major) {
  if (process.versions.node.startsWith(`${major}.`)) {
    return { path: process.execPath, version: process.versions.node };
  }
  const folder = join(cacheFolder, 'node', String(major));
  const name = `node-${process.platform}-${process.arch}`;
  const path = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(path)) {
    say(`Installing Node ${major} into ${folder}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const [command, ...args] = [...npm(), 'install', '--no-save', '--no-audit', '--no-fund'];
    await run(command, [...args, '--loglevel=error', `${name}@${major}`], { cwd: folder, stdout: 'stderr' });
    if (!existsSync(path)) return { reason: `npm could not install ${name}@${major}` };
  }
  let version = '';
  const code = await run(path, ['--version'], { stdout: (text) => (version += text) });
  return code === 0 ? { path, version: version.trim().slice(1) } : { reason: `${path} does not run here` };
}
