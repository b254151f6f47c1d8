import { InvalidRestOptionError } from './errors.js';

/** Where a Redis is and how one logs in. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly database: number;
}

/**
 * Reads `redis://[user][:password]@host[:port][/database]`, `rediss://` for TLS. The port is 6379 and the database 0
 * when not given.
 *
 * @throws {InvalidRestOptionError} which never shows the password
 */
export function parseRedisUrl(redisUrl: string): RedisAddress {
  const url = URL.canParse(redisUrl) ? new URL(redisUrl) : undefined;
  if (url?.protocol !== 'redis:' && url?.protocol !== 'rediss:') {
    throw new InvalidRestOptionError('redisUrl', `is not redis://… or rediss://… ${shown(url)}`);
  }
  const path = url.pathname.replace(/^\//, '');
  if (!url.hostname) throw new InvalidRestOptionError('redisUrl', 'names no host');
  // What is behind the "@" is the host then, and what is before it the end of a password.
  if ((url.pathname + url.search + url.hash).includes('@')) {
    throw new InvalidRestOptionError(
      'redisUrl',
      'its password holds a "/", "?" or "#" that is not percent-encoded',
    );
  }
  if (!/^\d{0,6}$/.test(path)) {
    throw new InvalidRestOptionError('redisUrl', `"${path}" is not the number of a database`);
  }
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 6379),
    isSecure: url.protocol === 'rediss:',
    username: decoded(url.username),
    password: decoded(url.password),
    database: Number(path),
  };
}

/** A text that is no URL may be a password in the wrong place. */
const shown = (url: URL | undefined) => (url ? `but ${url.protocol}//…` : 'at all');

function decoded(part: string): string | undefined {
  if (!part) return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new InvalidRestOptionError('redisUrl', 'its user or password is not percent-encoded');
  }
}
