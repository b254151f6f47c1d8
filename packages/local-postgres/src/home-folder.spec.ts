import { chmod, mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresStartError } from './errors.js';
import { findHomeFolder } from './home-folder.js';

const isRoot = process.getuid?.() === 0;
/** Somebody whom a closed folder keeps out: it does not root, and does anybody else. */
const owner = isRoot
  ? { uid: 65_534, gid: 65_534 }
  : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
/** The clone, and its folder for temporary files, may themselves be closed to others. */
const OPEN = isRoot ? '/tmp' : tmpdir();

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(OPEN, 'home-folder-'));
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'closed', 'below'), { recursive: true });
  await mkdir(join(folder, 'writable'));
  await chmod(join(folder, 'writable'), 0o777);
  await chmod(join(folder, 'closed'), 0);
});

afterEach(async () => {
  await chmod(join(folder, 'closed'), 0o700);
  await rm(folder, { recursive: true });
});

it('is the first folder for whoever runs the server himself', async () => {
  expect(await findHomeFolder(undefined, [join(folder, 'closed', 'below')])).toBe(
    join(folder, 'closed', 'below'),
  );
});

it('is the first that the owner can reach, whatever the umask', async () => {
  const open = join(folder, 'open');
  const before = process.umask(0o077);
  try {
    expect(await findHomeFolder(owner, [join(folder, 'closed', 'below'), open])).toBe(open);
  } finally {
    process.umask(before);
  }
  expect((await stat(open)).mode & 0o777).toBe(0o755);
});

it('is none that others may write to, or that is a link to somewhere else', async () => {
  await symlink(join(folder, 'writable'), join(folder, 'link'));
  const candidates = ['writable', 'link', 'closed/below'].map((name) => join(folder, name));
  const found = findHomeFolder(owner, candidates);
  await expect(found).rejects.toThrow(PostgresStartError);
  await expect(found).rejects.toThrow(candidates.join(', '));
});
