import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { startChild, type Child } from '../spec-support/child.js';
import { lockFolder } from './folder-lock.js';
import { DamagedLockError, FolderInUseError } from './lock-errors.js';
import { thisProcess } from './process-identity.js';

/** Processes take their time to start on a machine that does much else. */
const PROCESSES_MS = 60_000;

let folder: string;
const children: Child[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'folder-lock-'));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
  await rm(folder, { recursive: true, force: true });
});

/** Starts a process that takes the lock, and answers what became of it. */
async function startHolder(): Promise<{ child: Child; answer: string }> {
  const child = startChild('lock-folder.mjs', [folder]);
  children.push(child);
  return { child, answer: await child.line() };
}

/** A lock as another process would have left it. */
async function leaveLock(holder: object): Promise<void> {
  await mkdir(join(folder, 'lock'), { recursive: true });
  await writeFile(join(folder, 'lock', '2'), JSON.stringify({ holder }));
}

test('a second one of the same process is refused, by any path, and told who has it', async () => {
  const lock = await lockFolder(folder);
  const link = `${folder}-link`;
  await symlink(folder, link);
  try {
    for (const path of [folder, `${folder}/`, relative(process.cwd(), folder), link]) {
      const refused = await lockFolder(path).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(FolderInUseError);
      expect(refused).toMatchObject({
        code: 'ERR_DATA_FOLDER_IN_USE',
        folder: lock.folder,
        pid: process.pid,
      });
      expect((refused as Error).message).toContain(lock.folder);
    }
  } finally {
    await rm(link);
  }
});

test('it can be had again after its release, as often as one likes, without filling the folder', async () => {
  for (let n = 0; n < 40; n++) await (await lockFolder(folder)).release();
  expect((await readdir(join(folder, 'lock'))).length).toBeLessThan(20);
  await lockFolder(folder);
});

test(
  'another process is refused while the holder lives, also while it stands still',
  async () => {
    const { child, answer } = await startHolder();
    expect(answer).toBe('locked');
    await expect(lockFolder(folder)).rejects.toMatchObject({ pid: child.pid });
    child.send('SIGSTOP');
    await expect(lockFolder(folder)).rejects.toMatchObject({ pid: child.pid });
  },
  PROCESSES_MS,
);

test(
  'what a killed process left is taken over at once',
  async () => {
    const { child } = await startHolder();
    await child.kill();
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({ pid: process.pid });
    await lock.release();
  },
  PROCESSES_MS,
);

test(
  'of many processes that find a dead holder exactly one takes over',
  async () => {
    await (await startHolder()).child.kill();
    const answers = (await Promise.all(Array.from({ length: 5 }, () => startHolder()))).map(
      ({ answer }) => answer,
    );
    expect(answers.filter((answer) => answer === 'locked')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'ERR_DATA_FOLDER_IN_USE')).toHaveLength(4);
  },
  PROCESSES_MS,
);

test('of many at once in one process exactly one gets it, round after round', async () => {
  for (let round = 0; round < 20; round++) {
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
    const got = tries.filter((one) => one.status === 'fulfilled');
    expect(got).toHaveLength(1);
    await got[0]?.value.release();
  }
});

test('a process that got the pid of a dead holder later does not stand for it', async () => {
  await leaveLock({ ...thisProcess(), startedAt: 'long ago' });
  await (await lockFolder(folder)).release();
});

test('a holder from before the machine was started again is gone, whoever has its pid now', async () => {
  await leaveLock({ ...thisProcess(), boot: 'an earlier one' });
  await (await lockFolder(folder)).release();
});

test('a holder in another container cannot be judged, and the error says what to do', async () => {
  await leaveLock({ ...thisProcess(), place: `${hostname()} another namespace` });
  const refused = await lockFolder(folder).catch((error: unknown) => error);
  expect(refused).toMatchObject({ elsewhere: true, lockFile: expect.stringContaining(join('lock', '2')) });
  await leaveLock({ ...thisProcess(), place: 'elsewhere', boot: 'of another machine' });
  await expect(lockFolder(folder)).rejects.toMatchObject({ elsewhere: true });
});

test('a lock file that is none is not taken for a free one', async () => {
  await leaveLock({});
  await expect(lockFolder(folder)).rejects.toThrow(DamagedLockError);
  await writeFile(join(folder, 'lock', '2'), '');
  await expect(lockFolder(folder)).rejects.toThrow(DamagedLockError);
});
