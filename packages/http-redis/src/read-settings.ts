import { tokenProblem, urlProblem } from './endpoint.js';

export interface HttpRedisSettings {
  readonly url: string;
  readonly token: string;
}

/** Everything that is missing or malformed, at once. Shows neither the token nor the URL, which may hold a password. */
export class InvalidHttpRedisSettingsError extends Error {
  readonly code = 'ERR_INVALID_HTTP_REDIS_SETTINGS';
  override readonly name = 'InvalidHttpRedisSettingsError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}

/**
 * `UPSTASH_REDIS_REST_URL` and `UPSTASH_REDIS_REST_TOKEN`, trimmed: secrets often come with a newline at their end.
 *
 * @throws InvalidHttpRedisSettingsError
 */
export function readHttpRedisSettings(
  environment: Readonly<Record<string, string | undefined>>,
): HttpRedisSettings {
  const url = environment['UPSTASH_REDIS_REST_URL']?.trim() ?? '';
  const token = environment['UPSTASH_REDIS_REST_TOKEN']?.trim() ?? '';
  const problems = [
    told('UPSTASH_REDIS_REST_URL', urlProblem(url), 'such as https://eu1-quick-fox-1234.upstash.io'),
    told('UPSTASH_REDIS_REST_TOKEN', tokenProblem(token), 'printable ASCII without spaces'),
  ].filter((problem) => problem !== null);
  if (problems.length > 0) throw new InvalidHttpRedisSettingsError(problems);
  return { url, token };
}

function told(name: string, problem: string | null, allowed: string): string | null {
  return problem === null ? null : `${name} is ${problem}, allowed: ${allowed}`;
}
