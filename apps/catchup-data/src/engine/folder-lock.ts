import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DamagedLockError, FolderInUseError } from './lock-errors.js';
import { thisProcess, whatBecameOf, type ProcessIdentity } from './process-identity.js';

export interface FolderLock {
  /** The folder's real path. */
  readonly folder: string;
  release(): Promise<void>;
}

/** What a generation's file holds: who has the folder, or nobody since it was released. */
interface LockRecord {
  readonly holder: ProcessIdentity | null;
}

const LOCKS = 'lock';
const GENERATION = /^\d{1,15}$/;
/** Older generations go; some stay, for those who were just listing them. */
const KEPT_GENERATIONS = 16;

/**
 * Takes a folder for this process alone, at once or not at all.
 *
 * The lock is a row of numbered files, and the highest one says who has the folder. Whoever finds that one released, or
 * its holder dead, links the next number, which is atomic: one of many racers gets it. The highest file is never
 * removed, so a racer that was held up cannot take a number again unnoticed: having linked one, it looks for a higher.
 *
 * @throws FolderInUseError while another process, or this one, has it
 */
export async function lockFolder(path: string): Promise<FolderLock> {
  const wanted = resolve(path);
  await mkdir(join(wanted, LOCKS), { recursive: true });
  const folder = await realpath(wanted);
  const locks = join(folder, LOCKS);
  for (;;) {
    const highest = Math.max(0, ...(await generationsOf(locks)));
    if (highest > 0) await refuseIfHeld(folder, join(locks, String(highest)));
    const mine = highest + 1;
    if (!(await linkRecord(locks, mine, { holder: thisProcess() }))) continue;
    const all = await generationsOf(locks);
    if (all.some((other) => other > mine)) {
      await rm(join(locks, String(mine)), { force: true });
      continue;
    }
    await Promise.all(
      all
        .filter((other) => other <= mine - KEPT_GENERATIONS)
        .map((old) => rm(join(locks, String(old)), { force: true })),
    );
    return { folder, release: () => replaceRecord(locks, mine, { holder: null }) };
  }
}

async function generationsOf(locks: string): Promise<number[]> {
  return (await readdir(locks)).filter((name) => GENERATION.test(name)).map(Number);
}

async function refuseIfHeld(folder: string, file: string): Promise<void> {
  const record = await readRecord(file);
  if (!record?.holder) return;
  const fate = whatBecameOf(record.holder);
  if (fate !== 'gone') throw new FolderInUseError(folder, record.holder.pid, fate === 'unknown', file);
}

/** @returns nothing where a later generation has swept it away */
async function readRecord(file: string): Promise<LockRecord | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as LockRecord;
    if (record.holder === null || typeof record.holder.pid === 'number') return record;
  } catch {
    // Told below.
  }
  throw new DamagedLockError(file);
}

/** @returns false where somebody else was faster */
async function linkRecord(locks: string, generation: number, record: LockRecord): Promise<boolean> {
  const draft = await writeDraft(locks, record);
  try {
    await link(draft, join(locks, String(generation)));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function replaceRecord(locks: string, generation: number, record: LockRecord): Promise<void> {
  await rename(await writeDraft(locks, record), join(locks, String(generation)));
}

/** On the disk before it gets its name: no crash leaves half a record behind. */
async function writeDraft(locks: string, record: LockRecord): Promise<string> {
  const draft = join(locks, `draft-${randomUUID()}`);
  const file = await open(draft, 'wx');
  try {
    await file.writeFile(JSON.stringify(record));
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}
