import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolderOf } from '@switchyard/local-server';

/** What the shortest limit of a system (macOS, 104 bytes with the closing zero) leaves for a socket's path. */
const LONGEST_SOCKET_PATH_BYTES = 103;
/** What `mkdtemp` adds, and `/redis.sock`. */
const ROOM_BYTES = 24;

/**
 * A new folder for a server's data and log: in the cache, or in the system's tmp when a Unix socket shall lie in it and
 * the cache's path is too long for one.
 */
export async function makeServerFolder(options: { readonly forSocket?: boolean } = {}): Promise<string> {
  const data = join(cacheFolderOf('redis'), 'data');
  if (options.forSocket && Buffer.byteLength(data) + ROOM_BYTES > LONGEST_SOCKET_PATH_BYTES) {
    return mkdtemp(join(tmpdir(), 'redis-'));
  }
  await mkdir(data, { recursive: true });
  return mkdtemp(join(data, 'redis-'));
}
