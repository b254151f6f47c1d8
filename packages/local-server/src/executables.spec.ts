import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findOnPath } from './executables.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'executables-'));
});

afterEach(() => rm(folder, { recursive: true }));

it('finds the first file of that name that may be run, and takes no folder for one', async () => {
  const [closed, taken, right, later] = ['closed', 'taken', 'right', 'later'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  for (const each of [closed, join(taken, 'server'), right, later]) await mkdir(each, { recursive: true });
  await writeFile(join(closed, 'server'), '', { mode: 0o644 });
  for (const each of [right, later]) await writeFile(join(each, 'server'), '', { mode: 0o755 });
  const path = ['', join(folder, 'nowhere'), closed, taken, right, later].join(delimiter);
  expect(await findOnPath('server', path)).toBe(join(right, 'server'));
  expect(await findOnPath('other', path)).toBeUndefined();
  expect(await findOnPath('server')).toBeUndefined();
});
