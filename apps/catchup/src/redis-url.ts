import { isIP } from 'node:net';

/** Where Redis is and how to log in, in the words of ioredis. */
export type RedisSettings = RedisLogin & (RedisServer | RedisSocket);

interface RedisLogin {
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
}

interface RedisServer {
  readonly host: string;
  readonly port: number;
  /** Present when the connection is encrypted; with the name to ask for, where the host is one. */
  readonly tls?: { readonly servername?: string };
}

interface RedisSocket {
  /** Of a Unix socket. */
  readonly path: string;
}

export const DEFAULT_PORT = 6379;

export interface RedisUrl {
  /** Absent when the URL does not even say where Redis is. */
  readonly settings?: RedisSettings;
  /** What is wrong, each to be read after the name of the variable. Shows nothing of the URL. */
  readonly faults: readonly string[];
}

const SEVERAL_SERVERS = 'names several servers, but the app knows neither Sentinel nor Cluster';

/**
 * Reads `redis://[user][:password]@host[:port][/database]`, the same with `rediss://` for TLS, and
 * `unix://[user][:password]@/path/of/socket[?db=database]`, percent-encoded, as redis-cli, redis-py and go-redis have
 * them.
 */
export function readRedisUrl(text: string): RedisUrl {
  const scheme = /^[^:/?#]*/.exec(text)?.[0].toLowerCase() ?? '';
  const hosts = /^(?:.*@|[^:]*:\/\/)([^/?#]*)/s.exec(text)?.[1] ?? '';
  if (/sentinel|cluster/.test(scheme) || hosts.includes(',')) return { faults: [SEVERAL_SERVERS] };
  if (scheme === 'unix') return readSocketUrl(text);
  if (!URL.canParse(text)) return { faults: ['cannot be parsed'] };
  const url = new URL(text);
  const secure = url.protocol === 'rediss:';
  if (!secure && url.protocol !== 'redis:') {
    return { faults: ['does not start with redis://, rediss:// or unix://'] };
  }

  const faults: string[] = [];
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === '') faults.push('names no host');
  if (url.port === '0') faults.push('names port 0');
  if (url.search !== '') faults.push('has options after a "?", none of which is read');
  const login = readLogin(url, faults);
  const db = readDatabase(url.pathname.slice(1), faults);
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  return { faults, settings: { host, port, ...login, ...db, ...(secure && { tls: tlsTo(host) }) } };
}

function readSocketUrl(text: string): RedisUrl {
  // A login without a host is none to a URL parser.
  const withHost = text.replace(/^unix:\/\/([^/?#]*@)?\//i, 'unix://$1socket/');
  if (withHost === text || !URL.canParse(withHost)) return { faults: ['names no socket as unix:///path'] };
  const url = new URL(withHost);
  const faults: string[] = [];
  const path = decode(url.pathname);
  if (path === undefined) faults.push('has a "%" in its path that encodes nothing');
  else if (path === '/') faults.push('names no socket');
  const { db: database = '', ...others } = Object.fromEntries(url.searchParams);
  if (Object.keys(others).length > 0)
    faults.push('has options after its "?" besides db, none of which is read');
  const login = readLogin(url, faults);
  return { faults, settings: { path: path ?? '', ...login, ...readDatabase(database, faults) } };
}

function readLogin(url: URL, faults: string[]): { username?: string; password?: string } {
  if (url.hash !== '') faults.push('has a "#", which in a password is written %23');
  const [username, password] = [decode(url.username), decode(url.password)];
  if (username === undefined || password === undefined) {
    faults.push('has a "%" in its user or password that encodes nothing');
  }
  return { ...(username && { username }), ...(password && { password }) };
}

function readDatabase(text: string, faults: string[]): { db?: number } {
  if (!/^\d{0,5}$/.test(text)) faults.push('names a database that is no number');
  return text === '' ? {} : { db: Number(text) };
}

/** TLS to a host: only names can be asked for, addresses cannot. */
export function tlsTo(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
