import { parseDatabaseUrl } from './engine/database-url.js';
import { InvalidDatabaseSettingsError } from './errors.js';
import type { OpenDatabaseOptions } from './open-database.js';
import {
  DEVELOPMENT_TOKEN_KEY,
  TOKEN_KEYS_VARIABLE,
  tokenKeysFrom,
  type TokenKey,
} from './tokens/token-keys.js';

export type DatabaseSettings = Pick<
  OpenDatabaseOptions,
  'databaseUrl' | 'dataFolder' | 'tokenKeys' | 'poolSize' | 'connectTimeoutMs' | 'statementTimeoutMs'
>;

const NUMBERS = [
  { name: 'DATABASE_POOL_SIZE', option: 'poolSize', min: 1, max: 100 },
  { name: 'DATABASE_CONNECT_TIMEOUT_MS', option: 'connectTimeoutMs', min: 100, max: 60_000 },
  { name: 'DATABASE_STATEMENT_TIMEOUT_MS', option: 'statementTimeoutMs', min: 100, max: 600_000 },
] as const;

/**
 * `DATABASE_URL` for a server, else `DATABASE_FOLDER` for the embedded database; `DATABASE_POOL_SIZE`,
 * `DATABASE_CONNECT_TIMEOUT_MS` and `DATABASE_STATEMENT_TIMEOUT_MS`; and `TOKEN_ENCRYPTION_KEYS` (`id:base64,id:base64`,
 * of 32 bytes each), which is needed where `NODE_ENV` is `production`. Elsewhere a key that everybody knows stands in.
 * White space around a value does no harm.
 *
 * @param defaultFolder where neither variable is set
 * @throws InvalidDatabaseSettingsError with everything that is missing or malformed; it shows neither passwords nor keys
 */
export function readDatabaseSettings(
  env: Readonly<Record<string, string | undefined>>,
  { defaultFolder }: { readonly defaultFolder?: string } = {},
): DatabaseSettings {
  const problems: string[] = [];
  const valueOf = (name: string) => env[name]?.trim() || undefined;

  const databaseUrl = valueOf('DATABASE_URL');
  const address = databaseUrl === undefined ? undefined : parseDatabaseUrl(databaseUrl);
  if (address && 'problem' in address) problems.push(`DATABASE_URL ${address.problem}`);
  const dataFolder = valueOf('DATABASE_FOLDER') ?? defaultFolder;
  if (!databaseUrl && !dataFolder) problems.push('neither DATABASE_URL nor DATABASE_FOLDER is set');

  const numbers: Partial<Record<(typeof NUMBERS)[number]['option'], number>> = {};
  for (const { name, option, min, max } of NUMBERS) {
    const text = valueOf(name);
    if (text === undefined) continue;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) numbers[option] = value;
    else problems.push(`${name} is ${JSON.stringify(text.slice(0, 100))}, allowed: ${min} to ${max}`);
  }

  const tokenKeys = readTokenKeys(env, problems);
  if (problems.length > 0) throw new InvalidDatabaseSettingsError(problems);
  return databaseUrl ? { databaseUrl, tokenKeys, ...numbers } : { dataFolder, tokenKeys, ...numbers };
}

function readTokenKeys(
  env: Readonly<Record<string, string | undefined>>,
  problems: string[],
): readonly TokenKey[] {
  try {
    const keys = tokenKeysFrom(env);
    if (keys.length > 0) return keys;
    if (env.NODE_ENV?.trim() !== 'production') return [DEVELOPMENT_TOKEN_KEY];
    problems.push(
      `${TOKEN_KEYS_VARIABLE} is missing, needed in production: id:base64 of 32 random bytes, several with a comma between them`,
    );
  } catch (error) {
    problems.push(`${TOKEN_KEYS_VARIABLE}: ${(error as Error).message}`);
  }
  return [];
}
