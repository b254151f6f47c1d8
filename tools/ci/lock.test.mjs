import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { withLock } from './lock.mjs';
import { cacheFolder, root } from './workspace.mjs';

const name = `test-${process.pid}`;
const lock = join(cacheFolder, `${name}.lock`);
const trace = join(cacheFolder, `${name}.trace`);

function contender(index) {
  const script = `
    import { withLock } from ${JSON.stringify(pathToFileURL(join(root, 'tools', 'ci', 'lock.mjs')).href)};
    import { appendFileSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    await withLock(${JSON.stringify(name)}, async () => {
      appendFileSync(${JSON.stringify(trace)}, 'in ${index}\\n');
      await sleep(30);
      appendFileSync(${JSON.stringify(trace)}, 'out ${index}\\n');
    });
  `;
  return once(spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' }), 'exit');
}

test('one at a time, also when all of them find the lock of a dead process', async () => {
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  writeFileSync(lock, String(dead.pid));
  try {
    const exits = await Promise.all(Array.from({ length: 6 }, (_, index) => contender(index)));
    assert.deepEqual(
      exits,
      exits.map(() => [0, null]),
    );
    const lines = readFileSync(trace, 'utf8').trim().split('\n');
    assert.equal(lines.length, 12);
    for (let at = 0; at < lines.length; at += 2) {
      assert.equal(lines[at].replace('in', 'out'), lines[at + 1]);
    }
  } finally {
    rmSync(trace, { force: true });
  }
  assert.equal(existsSync(lock), false);
});

test('a failure releases the lock', async () => {
  await assert.rejects(
    withLock(name, () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(existsSync(lock), false);
});
