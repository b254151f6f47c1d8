import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const PREFIX = 'unfinished-';
const ABANDONED_AFTER_MS = 15 * 60_000;

export interface MakeFolderOnceOptions {
  /** What is made; absent, or there and whole. */
  readonly folder: string;
  /** Whether the folder is what it should be. */
  readonly isWhole: (folder: string) => Promise<boolean>;
  /** Makes the folder at `target`, which is not there yet; `work` is for whatever else it needs meanwhile. */
  readonly make: (target: string, work: string) => Promise<void>;
}

/**
 * Makes a folder that is costly to make, unless it is there. Several processes may do so at once: each makes it beside,
 * in a folder of its own, the first rename wins, and nobody ever sees an unfinished one. What a killed process left
 * unfinished is removed by the next, a quarter of an hour later.
 */
export async function makeFolderOnce({ folder, isWhole, make }: MakeFolderOnceOptions): Promise<void> {
  if (await isWhole(folder)) return;
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent);
  const work = await mkdtemp(join(parent, PREFIX));
  try {
    const target = join(work, 'made');
    await make(target, work);
    await rename(target, folder).catch(async (error) => {
      if (!(await isWhole(folder))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(parent, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true });
  }
}
