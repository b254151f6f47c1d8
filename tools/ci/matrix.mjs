// `npm run ci:matrix`: every leg of the CI matrix that this machine can run, one after another, and a table.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, delimiter, join } from 'node:path';
import { flags, nodeMajors } from './legs.mjs';
import { run } from './run-command.mjs';
import { setUp } from './setup.mjs';
import { cacheFolder, main, root, say } from './workspace.mjs';

await main(async () => {
  await setUp();
  const rows = [];
  for (const major of nodeMajors) {
    const node = await findNode(major);
    for (const flag of flags) {
      if (!node.path) {
        rows.push({ major, flag, result: 'not run', detail: node.reason });
        continue;
      }
      say(`\n=== Node ${major}, USE_BULLMQ=${flag}`);
      const { code, lastLine, seconds } = await runLeg(node.path, flag);
      rows.push({ major, flag, result: code === 0 ? 'ok' : 'FAILED', detail: `${lastLine} (${seconds} s)` });
    }
  }
  process.stdout.write(`\n${table(rows)}\n`);
  const ran = rows.filter((row) => row.result !== 'not run');
  return ran.length > 0 && ran.every((row) => row.result === 'ok') ? 0 : 1;
});

async function runLeg(node, flag) {
  const startedAt = Date.now();
  let text = '';
  const code = await run(node, [join(root, 'tools', 'ci', 'leg.mjs')], {
    stdout: (chunk) => {
      process.stdout.write(chunk);
      text = (text + chunk).slice(-4096);
    },
    env: { USE_BULLMQ: flag, PATH: [dirname(node), process.env.PATH].join(delimiter) },
  });
  const lastLine = text.trimEnd().split('\n').at(-1);
  return { code, lastLine, seconds: Math.round((Date.now() - startedAt) / 1000) };
}

/** The Node that runs this when it is of that major version, else the one npm distributes, kept in .cache. */
async function findNode(major) {
  if (process.versions.node.startsWith(`${major}.`)) return { path: process.execPath };
  const folder = join(cacheFolder, 'node', String(major));
  const name = `node-${process.platform}-${process.arch}`;
  const path = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(path)) {
    say(`Installing Node ${major} into ${folder}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${major}`];
    await run('npm', args, { cwd: folder, stdout: 'stderr' });
    if (!existsSync(path)) return { reason: `npm could not install ${name}@${major}` };
  }
  const code = await run(path, ['--version'], { stdout: () => {} });
  return code === 0 ? { path } : { reason: `${path} does not run here` };
}

function table(rows) {
  const cells = [
    ['Node', 'USE_BULLMQ', 'result', ''],
    ...rows.map((row) => [String(row.major), row.flag, row.result, row.detail]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
