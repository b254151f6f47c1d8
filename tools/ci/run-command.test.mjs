import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { run } from './run-command.mjs';
import { root } from './workspace.mjs';

const SIGNAL_EXITS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** A process that runs a shell, which has a child of its own; answers with the ids of the two. */
async function runElsewhere() {
  const command = 'sleep 300 & echo "$$ $!"; trap "" HUP; wait';
  const script = `
    import { run } from ${JSON.stringify(pathToFileURL(join(root, 'tools', 'ci', 'run-command.mjs')).href)};
    process.exitCode = await run('/bin/sh', ['-c', ${JSON.stringify(command)}]);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { child, exited, pids: line.trim().split(' ').map(Number) };
}

/** A process that nobody has reaped yet is dead all the same. */
function isAlive(pid) {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

async function untilDead(pids) {
  const deadline = Date.now() + 20_000;
  while (pids.some(isAlive)) {
    assert.ok(Date.now() < deadline, `still running: ${pids.filter(isAlive)}`);
    await sleep(50);
  }
}

test('passes the exit code and the output on', async () => {
  let text = '';
  const stdout = (chunk) => (text += chunk);
  assert.equal(await run('/bin/sh', ['-c', 'echo hello; exit 7'], { stdout }), 7);
  assert.equal(text, 'hello\n');
});

test('a command that is not there is exit code 127', async () => {
  assert.equal(await run('/nowhere/to/be/found', []), 127);
});

test('what a command leaves behind ends with it', async () => {
  let text = '';
  await run('/bin/sh', ['-c', 'sleep 300 & echo $!'], { stdout: (chunk) => (text += chunk) });
  await untilDead([Number(text)]);
});

for (const [signal, code] of Object.entries(SIGNAL_EXITS)) {
  test(`${signal} ends everything`, async () => {
    const { child, exited, pids } = await runElsewhere();
    child.kill(signal);
    assert.deepEqual(await exited, [code, null]);
    await untilDead(pids);
  });
}

test('kill -9 ends everything', async () => {
  const { child, exited, pids } = await runElsewhere();
  child.kill('SIGKILL');
  await exited;
  await untilDead(pids);
});
