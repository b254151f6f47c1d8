import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolderOnce } from './make-folder-once.js';

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'make-folder-once-'));
  folder = join(parent, 'deep', 'made');
});

afterEach(() => rm(parent, { recursive: true }));

const isWhole = async (candidate: string) => existsSync(join(candidate, 'last'));
async function make(target: string) {
  await mkdir(target);
  await writeFile(join(target, 'last'), target);
}

it('leaves nothing behind when making fails, and makes it the next time', async () => {
  const failure = new Error('half way');
  const fail = async (target: string, work: string) => {
    await mkdir(target);
    await writeFile(join(work, 'beside'), '');
    throw failure;
  };
  await expect(makeFolderOnce({ folder, isWhole, make: fail })).rejects.toBe(failure);
  expect(await readdir(join(parent, 'deep'))).toEqual([]);
  await makeFolderOnce({ folder, isWhole, make });
  expect(await readdir(join(parent, 'deep'))).toEqual(['made']);
});

it('makes nothing when it is whole', async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'last'), 'mine');
  await makeFolderOnce({ folder, isWhole, make: () => Promise.reject(new Error('not wanted')) });
  expect(await readFile(join(folder, 'last'), 'utf8')).toBe('mine');
});

it('lets one of several win, and the others use what it made', async () => {
  let making = 0;
  let everybodyMakes = () => {};
  const together = new Promise<void>((resolve) => (everybodyMakes = resolve));
  const makeTogether = async (target: string) => {
    if (++making === 3) everybodyMakes();
    await together;
    await make(target);
  };
  await Promise.all([1, 2, 3].map(() => makeFolderOnce({ folder, isWhole, make: makeTogether })));
  expect(await readdir(join(parent, 'deep'))).toEqual(['made']);
});

it('does not take what is in the way for the folder', async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'something'), '');
  await expect(makeFolderOnce({ folder, isWhole, make })).rejects.toMatchObject({ code: 'ENOTEMPTY' });
  expect(await readdir(folder)).toEqual(['something']);
});

it('removes what was left unfinished long ago, and not what somebody is at', async () => {
  const [old, fresh] = ['unfinished-old', 'unfinished-fresh'].map((name) => join(parent, 'deep', name));
  for (const each of [old, fresh]) await mkdir(each as string, { recursive: true });
  const hourAgo = new Date(Date.now() - 3_600_000);
  await utimes(old as string, hourAgo, hourAgo);
  await makeFolderOnce({ folder, isWhole, make });
  expect((await readdir(join(parent, 'deep'))).sort()).toEqual(['made', 'unfinished-fresh']);
});
