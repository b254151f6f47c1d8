// The Redis and Valkey servers that this machine has, by what they say of themselves.
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './workspace.mjs';

/**
 * A server of that name, `Redis` or `Valkey`: `{ version, env }`, where `env` makes the specs use it, or `{ reason }`
 * when there is none.
 */
export async function findServer(name) {
  const candidates = name === 'Valkey' ? valkeyCandidates() : await redisCandidates();
  for (const { path, libraries = {}, isDefault = false } of candidates) {
    const server = identify(path, libraries);
    // A distribution may install Valkey under Redis's name.
    if (server?.name !== name) continue;
    return { version: server.version, env: isDefault ? {} : { REDIS_SERVER_BINARY: path } };
  }
  const places = name === 'Valkey' ? 'VALKEY_SERVER_BINARY or REDIS_SERVER_BINARY' : 'REDIS_SERVER_BINARY';
  return { reason: `no ${name} server on PATH or in ${places}` };
}

/** `Redis server v=7.0.15 sha=…` and `Valkey server v=8.0.1 sha=…` are what such servers answer. */
export function parseVersion(text) {
  const [, name, version] = /^(Redis|Valkey) server v=(\d+(?:\.\d+)*)/.exec(text) ?? [];
  return name ? { name, version } : null;
}

async function redisCandidates() {
  const localRedis = pathToFileURL(join(root, 'packages', 'local-redis', 'dist', 'index.js'));
  const { findRedisServer } = await import(localRedis.href);
  const found = await findRedisServer().catch(() => null);
  const byDefault = found ? [{ path: found.path, libraries: found.env, isDefault: true }] : [];
  return [...byDefault, ...onPath('redis-server')];
}

function valkeyCandidates() {
  const named = [process.env.VALKEY_SERVER_BINARY, process.env.REDIS_SERVER_BINARY];
  return [...named.filter(Boolean).map((path) => ({ path })), ...onPath('valkey-server')];
}

function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders
    .map((folder) => ({ path: join(folder, name) }))
    .filter(({ path }) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function identify(path, libraries) {
  try {
    const options = {
      encoding: 'utf8',
      env: { ...process.env, ...libraries },
      stdio: ['ignore', 'pipe', 'ignore'],
    };
    return parseVersion(execFileSync(path, ['--version'], options));
  } catch {
    return null;
  }
}
