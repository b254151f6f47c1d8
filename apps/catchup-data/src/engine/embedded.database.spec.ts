import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEVELOPMENT_TOKEN_KEY, FolderInUseError, openDatabase } from '../index.js';
import { startChild } from '../spec-support/child.js';
import { lockFolder } from './folder-lock.js';

const tokenKeys = [DEVELOPMENT_TOKEN_KEY];
let dataFolder: string;

beforeEach(async () => {
  dataFolder = join(await mkdtemp(join(tmpdir(), 'embedded-')), 'not', 'there', 'yet');
});
afterEach(() => rm(join(dataFolder, '..', '..', '..'), { recursive: true, force: true }));

test('one process at a time; killed, it leaves what it said was kept; an opening that fails gives the folder back', async () => {
  const writer = startChild('write-users.mjs', [dataFolder]);
  const kept = [await writer.line(), await writer.line(), await writer.line()];

  const refused = await openDatabase({ dataFolder, tokenKeys }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(FolderInUseError);
  expect(refused).toMatchObject({ pid: writer.pid, folder: dataFolder });
  await writer.kill();

  const migrationsFolder = join(dataFolder, 'other-migrations');
  await mkdir(migrationsFolder);
  await writeFile(join(migrationsFolder, '0001_other.sql'), 'select 1');
  await expect(openDatabase({ dataFolder, tokenKeys, migrationsFolder })).rejects.toMatchObject({
    code: 'ERR_DATA_MIGRATION',
  });

  const data = await openDatabase({ dataFolder, tokenKeys });
  const users = await data.users.list({ limit: 1000 });
  expect(users.map(({ id }) => id)).toEqual(expect.arrayContaining(kept));
  await expect(openDatabase({ dataFolder, tokenKeys })).rejects.toMatchObject({ pid: process.pid });

  await Promise.all([data.close(), data.close()]);
  await expect(data.users.get('user-0')).rejects.toMatchObject({ code: 'ERR_DATA_MISPLACED_USE' });
  await (await lockFolder(dataFolder)).release();
}, 120_000);
