import { InvalidRedisOptionError } from './errors.js';

const ALLOWED_URL = 'http:// or https://, a host, no user, no password, no query';

/** @throws InvalidRedisOptionError that does not show the URL, which may carry a password */
export function checkedUrl(text: string): URL {
  const problem = urlProblem(text);
  if (problem !== null) throw new InvalidRedisOptionError('url', problem, ALLOWED_URL);
  return new URL(text.trim());
}

/** What is wrong with it, in words that do not repeat it. */
export function urlProblem(text: unknown): string | null {
  if (typeof text !== 'string' || text.trim() === '') return 'missing';
  if (!URL.canParse(text.trim())) return 'no URL';
  const { protocol, username, password, search, hash } = new URL(text.trim());
  if (protocol !== 'http:' && protocol !== 'https:') return 'of another kind';
  if (username !== '' || password !== '') return 'a URL with credentials';
  if (search !== '' || hash !== '') return 'a URL with a query or a fragment';
  return null;
}

/** @throws InvalidRedisOptionError that does not show it */
export function checkedToken(text: string): string {
  const problem = tokenProblem(text);
  if (problem !== null) throw new InvalidRedisOptionError('token', problem, 'printable ASCII without spaces');
  return text.trim();
}

/** What is wrong with it, in words that do not repeat it. */
export function tokenProblem(text: unknown): string | null {
  if (typeof text !== 'string' || text.trim() === '') return 'missing';
  return /^[\x21-\x7e]+$/.test(text.trim())
    ? null
    : 'something with a space or a character that is not printable';
}
