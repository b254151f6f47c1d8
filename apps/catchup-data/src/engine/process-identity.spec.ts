import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { thisProcess, whatBecameOf } from './process-identity.js';

const onLinux = process.platform === 'linux' ? test : test.skip;

test('a process that runs is alive, and one whose pid nobody has is gone', async () => {
  expect(whatBecameOf(thisProcess())).toBe('alive');
  const child = spawn(process.execPath, ['--version']);
  await once(child, 'exit');
  expect(whatBecameOf({ ...thisProcess(), pid: child.pid ?? 0 })).toBe('gone');
});

test('where nobody knows when it began, a process that has the pid counts as the one', () => {
  expect(whatBecameOf({ ...thisProcess(), startedAt: null })).toBe('alive');
  expect(whatBecameOf({ ...thisProcess(), startedAt: 'another time' })).toBe('gone');
});

onLinux('one that is dead and only waits for its parent to notice is gone', async () => {
  // The shell becomes a program that never looks after the child it was given.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 300'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    while (stat()[0] !== 'Z') await new Promise((resolve) => setImmediate(resolve));
    expect(whatBecameOf({ ...thisProcess(), pid, startedAt: stat()[19] ?? '' })).toBe('gone');
  } finally {
    parent.kill();
    await once(parent, 'exit');
  }
});
