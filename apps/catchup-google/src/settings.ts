import { GoogleSettingsError } from './errors.js';

export interface GoogleSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where users come back to; registered with Google. */
  readonly redirectUrl: string;
  /** One address that serves all of Google's APIs, without a slash at its end: a stand-in. Google's own where absent. */
  readonly apiUrl?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads `GOOGLE_CLIENT_ID`, `GOOGLE_CLIENT_SECRET`, `GOOGLE_REDIRECT_URL` and, for a stand-in, `GOOGLE_API_URL`. White
 * space around a value is trimmed.
 *
 * @throws GoogleSettingsError that lists all that is missing or malformed, and no secret
 */
export function readGoogleSettings(env: Env): GoogleSettings {
  const problems: string[] = [];
  const read = (name: string): string => {
    const value = env[name]?.trim() ?? '';
    if (value === '') problems.push(`${name} is missing`);
    return value;
  };
  const url = (name: string, value: string): string => {
    const problem = value === '' ? undefined : urlProblem(value);
    if (problem) problems.push(`${name} ${problem}`);
    return value.replace(/\/+$/, '');
  };
  const settings = {
    clientId: read('GOOGLE_CLIENT_ID'),
    clientSecret: read('GOOGLE_CLIENT_SECRET'),
    redirectUrl: read('GOOGLE_REDIRECT_URL'),
    apiUrl: url('GOOGLE_API_URL', env.GOOGLE_API_URL?.trim() ?? '') || undefined,
  };
  // Google compares it character by character, a slash at its end too.
  url('GOOGLE_REDIRECT_URL', settings.redirectUrl);
  if (problems.length > 0) throw new GoogleSettingsError(problems);
  return settings;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function urlProblem(value: string): string | undefined {
  if (!URL.canParse(value)) return `is no URL: "${value}"`;
  const { protocol, hostname, username, password, search, hash } = new URL(value);
  // What it holds is not shown: it may be a secret.
  if (username || password) return 'must not hold a user or password';
  if (search || hash) return `must not have a query or fragment: "${value}"`;
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))) return undefined;
  return `must begin with https:// (http:// on this machine only): "${value}"`;
}
