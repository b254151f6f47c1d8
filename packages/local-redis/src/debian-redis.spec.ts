import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchDebianProgram, parseOsRelease } from '@switchyard/local-server';
import { debianRedis } from './debian-redis.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'debian-redis-'));
});

afterEach(() => rm(folder, { recursive: true }));

it('asks for the server, which is a link, together with the package that it points into', async () => {
  const aptGet = '#!/bin/sh\necho "$*" >> "$FAKE/calls"\nexit 100\n';
  await writeFile(join(folder, 'apt-get'), aptGet, { mode: 0o755 });
  const fetched = fetchDebianProgram({
    program: debianRedis,
    os: parseOsRelease('ID=debian\nVERSION_ID="12"\n', 'linux', 'x64'),
    cacheFolder: join(folder, 'cache'),
    env: { PATH: `${folder}:${process.env.PATH}`, FAKE: folder },
    onProgress: () => undefined,
  });
  await expect(fetched).rejects.toThrow('apt-get');
  expect(await readFile(join(folder, 'calls'), 'utf8')).toContain(' download redis-server redis-tools\n');
});
