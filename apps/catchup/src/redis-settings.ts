import { isIP } from 'node:net';
import { DEFAULT_PORT, readRedisUrl, tlsTo, type RedisSettings } from './redis-url.js';
import { InvalidSettingsError } from './settings-error.js';

export type { RedisSettings };
export type Environment = Readonly<Record<string, string | undefined>>;

const YES = ['true', '1', 'on'];
const NO = ['', 'false', '0', 'off'];

/**
 * `REDIS_URL` (`redis://`, `rediss://` for TLS, `unix://` for a socket), else `REDIS_HOST`, `REDIS_PORT` (6379),
 * `REDIS_USERNAME`, `REDIS_PASSWORD` and `REDIS_TLS` (`false`). White space around a value is trimmed. Next to a URL the
 * other variables are not needed, and refused where ignoring them would be dangerous: a password that nobody would use,
 * an encryption that there would not be.
 *
 * @throws InvalidSettingsError with everything that is missing or malformed; it shows neither passwords nor URLs
 */
export function readRedisSettings(environment: Environment): RedisSettings {
  const problems = unsupported(environment);
  const url = read(environment, 'REDIS_URL');
  const settings = url === '' ? fromParts(environment, problems) : fromUrl(url, environment, problems);
  if (settings === undefined || problems.length > 0) throw new InvalidSettingsError(problems);
  return settings;
}

function read(environment: Environment, name: string): string {
  return environment[name]?.trim() ?? '';
}

/** What somebody set who expects it to be obeyed. */
function unsupported(environment: Environment): string[] {
  const set = Object.keys(environment).filter((name) => read(environment, name) !== '');
  const names = set.filter((name) => /^REDIS_(SENTINEL|CLUSTER)/.test(name)).sort();
  const problems = names.map(
    (name) => `${name} is set, but the app knows neither Sentinel nor Cluster: unset it`,
  );
  for (const name of ['REDIS_DB', 'REDIS_DATABASE']) {
    if (set.includes(name))
      problems.push(`${name} is not read: a database is the path of REDIS_URL, as in redis://host/1`);
  }
  return problems;
}

function fromUrl(url: string, environment: Environment, problems: string[]): RedisSettings | undefined {
  const { settings, faults } = readRedisUrl(url);
  if (faults.length > 0) {
    problems.push(
      `REDIS_URL ${faults.join(', ')}; allowed: redis://user:password@host:port/database, rediss:// for TLS, ` +
        'unix://user:password@/path/of/socket?db=number; special characters as in %40',
    );
  }
  if (settings === undefined) return undefined;
  const tls = read(environment, 'REDIS_TLS').toLowerCase();
  if (YES.includes(tls) && !('tls' in settings)) {
    problems.push('REDIS_TLS asks for TLS and REDIS_URL for none: write rediss://, or unset REDIS_TLS');
  }
  for (const [name, value] of [
    ['REDIS_USERNAME', settings.username],
    ['REDIS_PASSWORD', settings.password],
  ] as const) {
    if (read(environment, name) !== '' && value === undefined) {
      problems.push(
        `${name} is set, but REDIS_URL counts and has none: write it there, or unset one of the two`,
      );
    }
  }
  return settings;
}

function fromParts(environment: Environment, problems: string[]): RedisSettings | undefined {
  const host = withoutBrackets(read(environment, 'REDIS_HOST'));
  if (host === '') {
    problems.push('REDIS_URL and REDIS_HOST are both missing, one of them says where Redis is');
  } else if (host.includes(',')) {
    problems.push('REDIS_HOST names several servers, but the app knows neither Sentinel nor Cluster');
  } else if (!isHost(host)) {
    problems.push(`REDIS_HOST is ${shown(host)}, allowed: a host name or an IP address`);
  }
  const port = read(environment, 'REDIS_PORT');
  if (port !== '' && !isPort(port)) problems.push(`REDIS_PORT is ${shown(port)}, allowed: 1 to 65535`);
  const tls = read(environment, 'REDIS_TLS').toLowerCase();
  if (![...YES, ...NO].includes(tls)) problems.push(`REDIS_TLS is ${shown(tls)}, allowed: true or false`);
  const username = read(environment, 'REDIS_USERNAME');
  const password = read(environment, 'REDIS_PASSWORD');
  if (username !== '' && password === '') {
    problems.push('REDIS_USERNAME is set but REDIS_PASSWORD is missing');
  }
  return {
    host,
    port: port === '' ? DEFAULT_PORT : Number(port),
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    ...(YES.includes(tls) && { tls: tlsTo(host) }),
  };
}

/** A value, unless it may be a URL with a password in it that went into the wrong variable. */
function shown(value: string): string {
  return value.includes('@') ? 'something with an "@"' : `"${value}"`;
}

const isPort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

const isHost = (text: string) => isIP(text) !== 0 || /^[\w.-]+$/.test(text);

/** An IPv6 address as it stands in URLs. */
function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
