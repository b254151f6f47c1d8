import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binFoldersIn, debianPostgres } from './debian-postgres.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'debian-postgres-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function version(name: string, hasServer = true): Promise<string> {
  const bin = join(folder, 'usr', 'lib', 'postgresql', name, 'bin');
  await mkdir(bin, { recursive: true });
  // A client's package leaves a folder of its version behind as well.
  await writeFile(join(bin, hasServer ? 'postgres' : 'psql'), '');
  return bin;
}

it('takes the newest version that has a server', async () => {
  const [nine, fifteen] = [await version('9.6'), await version('15')];
  await version('17', false);
  await version('common');
  expect(await binFoldersIn(join(folder, 'usr', 'lib', 'postgresql'))).toEqual([fifteen, nine]);
  expect(await debianPostgres.locate(folder)).toBe(join(fifteen, 'postgres'));
});

it('finds nothing where nothing is', async () => {
  expect(await binFoldersIn(join(folder, 'nowhere'))).toEqual([]);
  expect(await debianPostgres.locate(folder)).toBeUndefined();
});

it.each([
  ['postgresql-15', 'unpack'],
  ['libpq5', 'where-missing'],
  ['libllvm14', 'leave'],
  ['postgresql-common', 'leave'],
  ['postgresql-client-15', 'leave'],
  ['ssl-cert', 'leave'],
])('is asked about the dependency %s, and says: %s', (name, treatment) => {
  expect(debianPostgres.dependency?.(name)).toBe(treatment);
});
