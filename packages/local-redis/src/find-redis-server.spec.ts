import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServerNotFoundError } from './errors.js';
import { findRedisServer } from './find-redis-server.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-redis-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function program(name: string, mode = 0o755): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, '#!/bin/sh\n', { mode });
  return path;
}

describe('findRedisServer', () => {
  it('takes REDIS_SERVER_BINARY before anything on PATH', async () => {
    await program('redis-server');
    const named = await program('my-redis');
    const found = await findRedisServer({ env: { REDIS_SERVER_BINARY: named, PATH: folder } });
    expect(found).toEqual({ path: named, env: {}, source: 'REDIS_SERVER_BINARY' });
  });

  it.each([
    ['absent', undefined],
    ['not executable', 0o644],
  ])('names REDIS_SERVER_BINARY when it is %s', async (_, mode) => {
    await program('redis-server');
    const named = mode ? await program('my-redis', mode) : join(folder, 'nowhere');
    const search = findRedisServer({ env: { REDIS_SERVER_BINARY: named, PATH: folder } });
    await expect(search).rejects.toThrow(RedisServerNotFoundError);
    await expect(search).rejects.toMatchObject({ code: 'REDIS_SERVER_NOT_FOUND' });
    await expect(search).rejects.toThrow(`REDIS_SERVER_BINARY=${named}`);
  });

  it('does not take a folder for a server', async () => {
    const search = findRedisServer({ env: { REDIS_SERVER_BINARY: folder, PATH: '' } });
    await expect(search).rejects.toThrow(RedisServerNotFoundError);
  });

  it('prefers redis-server to valkey-server, wherever on PATH they are', async () => {
    const valkey = await program('valkey-server');
    await mkdir(join(folder, 'later'));
    const path = `${folder}:${join(folder, 'later')}`;
    expect(await findRedisServer({ env: { PATH: path } })).toMatchObject({ path: valkey, source: 'PATH' });
    const redis = await program('later/redis-server');
    expect(await findRedisServer({ env: { PATH: path } })).toMatchObject({ path: redis, source: 'PATH' });
  });
});
