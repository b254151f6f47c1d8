import { InvalidSettingsError } from './settings-error.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where Redis is and how to log in, in the words of ioredis. */
export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  /** Present when the connection is encrypted. */
  readonly tls?: { readonly servername: string };
}

const DEFAULT_PORT = 6379;
const YES = ['true', '1', 'on'];
const NO = ['', 'false', '0', 'off'];

/**
 * `REDIS_URL` (`redis://` or `rediss://`, for TLS), else `REDIS_HOST`, `REDIS_PORT` (6379), `REDIS_USERNAME`,
 * `REDIS_PASSWORD` and `REDIS_TLS` (`false`). White space around a value is trimmed.
 *
 * @throws InvalidSettingsError with everything that is missing or malformed; it shows neither passwords nor URLs
 */
export function readRedisSettings(environment: Environment): RedisSettings {
  const read = (name: string) => environment[name]?.trim() ?? '';
  const url = read('REDIS_URL');
  if (url !== '') return fromUrl(url);

  const problems: string[] = [];
  const host = read('REDIS_HOST');
  if (host === '')
    problems.push('REDIS_URL and REDIS_HOST are both missing, one of them says where Redis is');
  else if (!isHost(host)) problems.push(`REDIS_HOST is "${host}", allowed: a host name or an IP address`);
  const port = read('REDIS_PORT');
  if (port !== '' && !isPort(port)) problems.push(`REDIS_PORT is "${port}", allowed: 1 to 65535`);
  const tls = read('REDIS_TLS').toLowerCase();
  if (![...YES, ...NO].includes(tls)) problems.push(`REDIS_TLS is "${tls}", allowed: true or false`);
  const username = read('REDIS_USERNAME');
  const password = read('REDIS_PASSWORD');
  if (username !== '' && password === '')
    problems.push('REDIS_USERNAME is set but REDIS_PASSWORD is missing');
  if (problems.length > 0) throw new InvalidSettingsError(problems);

  return {
    host,
    port: port === '' ? DEFAULT_PORT : Number(port),
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    ...(YES.includes(tls) && { tls: { servername: host } }),
  };
}

function fromUrl(text: string): RedisSettings {
  const bad = (problem: string): never => {
    throw new InvalidSettingsError([
      `REDIS_URL ${problem}, allowed: redis://user:password@host:port/database, or rediss:// for TLS`,
    ]);
  };
  // The URL itself is never shown: whatever is wrong with it, a password may be part of it.
  if (!URL.canParse(text)) return bad('cannot be parsed');
  const url = new URL(text);
  const secure = url.protocol === 'rediss:';
  if (!secure && url.protocol !== 'redis:') return bad('does not start with redis:// or rediss://');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === '') return bad('names no host');
  const database = url.pathname.replace(/^\//, '');
  if (!/^\d{0,5}$/.test(database)) return bad('names a database that is no number');
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  if (port === 0) return bad('names port 0');

  const [username, password] = [url.username, url.password].map(decode);
  if (username === undefined || password === undefined) {
    return bad('has a "%" in its user or password that encodes nothing');
  }
  return {
    host,
    port,
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    ...(database !== '' && { db: Number(database) }),
    ...(secure && { tls: { servername: host } }),
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const isPort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

const isHost = (text: string) => /^[\w.:-]+$/.test(text) && !text.includes('://');
