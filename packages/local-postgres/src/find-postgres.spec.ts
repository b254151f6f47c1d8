import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseOsRelease } from '@switchyard/local-server';
import { PostgresNotFoundError } from './errors.js';
import { searchPostgres, type PostgresSearch } from './find-postgres.js';

const DEBIAN = parseOsRelease('ID=debian\nVERSION_ID="12"\n', 'linux', 'x64');
const ALPINE = parseOsRelease('ID=alpine\n', 'linux', 'x64');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-postgres-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function script(path: string, text: string, mode = 0o755): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // Finds its own tools, whatever PATH the search is given.
  await writeFile(path, `#!/bin/sh\nPATH=/usr/bin:/bin\n${text}\n`, { mode });
}

/** A folder with both programs, which say a version. */
async function programs(at: string, version = '15.18', mode = 0o755): Promise<string> {
  const bin = join(folder, at);
  await script(join(bin, 'initdb'), `echo "initdb (PostgreSQL) ${version}"`, mode);
  await script(join(bin, 'postgres'), `echo "postgres (PostgreSQL) ${version} (Debian)"`, mode);
  return bin;
}

const search = (options: Partial<PostgresSearch> = {}) =>
  searchPostgres({
    env: {},
    onProgress: () => undefined,
    owner: undefined,
    os: ALPINE,
    installedFolder: join(folder, 'installed'),
    cacheFolder: join(folder, 'cache'),
    ...options,
  });

describe('POSTGRES_BIN_DIR', () => {
  it('comes before anything else', async () => {
    const named = await programs('named', '17beta1');
    const PATH = await programs('path');
    const found = await search({ env: { POSTGRES_BIN_DIR: named, PATH } });
    expect(found).toEqual({ binFolder: named, version: '17beta1', env: {}, source: 'POSTGRES_BIN_DIR' });
  });

  it.each([
    ['is not there', async () => join(folder, 'nowhere')],
    ['may not be run', () => programs('named', '15.18', 0o644)],
    [
      'has no initdb',
      async () => {
        const bin = await programs('named');
        await rm(join(bin, 'initdb'));
        return bin;
      },
    ],
    [
      'does not run here',
      async () => {
        const bin = await programs('named');
        await script(join(bin, 'postgres'), 'exit 127');
        return bin;
      },
    ],
  ])('is named in the error when it %s', async (_, make) => {
    const named = await make();
    const PATH = await programs('path');
    const found = search({ env: { POSTGRES_BIN_DIR: named, PATH } });
    await expect(found).rejects.toThrow(PostgresNotFoundError);
    await expect(found).rejects.toMatchObject({ code: 'POSTGRES_NOT_FOUND' });
    await expect(found).rejects.toThrow(`POSTGRES_BIN_DIR=${named}`);
  });
});

it('takes of PATH the first folder that has both', async () => {
  const client = join(folder, 'client');
  await script(join(client, 'postgres'), 'echo "postgres (PostgreSQL) 16.1"');
  const both = await programs('both');
  const PATH = [client, '', both, await programs('later', '17.0')].join(':');
  expect(await search({ env: { PATH } })).toMatchObject({ binFolder: both, source: 'PATH' });
});

it('takes the newest installed version that runs when PATH has none', async () => {
  await programs('installed/9.6/bin', '9.6.24');
  const fifteen = await programs('installed/15/bin');
  await programs('installed/17/bin', '17.0', 0o644);
  const found = await search({ env: { PATH: join(folder, 'nowhere') } });
  expect(found).toEqual({ binFolder: fifteen, version: '15.18', env: {}, source: 'installed' });
});

it('says what to install where it cannot fetch', async () => {
  await expect(search()).rejects.toThrow('apk add postgresql');
});

it('takes nothing on Windows, where it could not be started', async () => {
  const os = parseOsRelease('', 'win32', 'x64');
  const PATH = await programs('path');
  await expect(search({ os, env: { PATH } })).rejects.toThrow('WSL');
});

describe('on Debian', () => {
  // A "package" is a text file whose name says what it is.
  beforeEach(async () => {
    const tools = join(folder, 'tools');
    await script(
      join(tools, 'apt-get'),
      'while [ "$1" != download ]; do shift; done; shift\nfor name; do echo "$name" > "$name.deb"; done',
    );
    const bin = '$3/usr/lib/postgresql/15/bin';
    const program = (name: string) =>
      `printf '#!/bin/sh\\necho "${name} (PostgreSQL) 15.18"\\n' > "${bin}/${name}"; chmod 755 "${bin}/${name}"`;
    await script(
      join(tools, 'dpkg'),
      `mkdir -p "$3"\n[ "$(cat "$2")" = postgresql-15 ] || exit 0\nmkdir -p "${bin}"\n${program('postgres')}\n${program('initdb')}`,
    );
    await script(
      join(tools, 'dpkg-deb'),
      '[ "$(cat "$2")" = postgresql ] && echo postgresql-15 || echo postgresql-common',
    );
  });

  const fetched = () => search({ os: DEBIAN, env: { PATH: join(folder, 'tools') } });

  it('fetches the version that the metapackage depends on', async () => {
    expect(await fetched()).toEqual({
      binFolder: join(folder, 'cache', DEBIAN.label, 'usr/lib/postgresql/15/bin'),
      version: '15.18',
      env: {},
      source: 'fetched',
    });
  });

  it('says what to install, and why it could not be fetched', async () => {
    await script(join(folder, 'tools', 'apt-get'), 'echo "E: no network" >&2; exit 100');
    const found = fetched();
    await expect(found).rejects.toThrow('apt-get install postgresql');
    await expect(found).rejects.toThrow('E: no network');
    await expect(found).rejects.toMatchObject({
      code: 'POSTGRES_NOT_FOUND',
      cause: expect.objectContaining({ code: 100 }),
    });
  });
});
