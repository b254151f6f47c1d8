import { SECOND_MS } from './durations.js';
import type { Environment } from './redis-settings.js';
import { InvalidSettingsError } from './settings-error.js';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface AppSettings {
  /** How long a shutdown waits for running jobs before it hands them back. `SHUTDOWN_TIMEOUT_MS`, default 10 000. */
  readonly shutdownTimeoutMs: number;
  /** `LOG_LEVEL`, default `info`. */
  readonly logLevel: LogLevel;
}

/** @throws InvalidSettingsError */
export function readAppSettings(environment: Environment): AppSettings {
  const problems: string[] = [];
  const timeout = environment.SHUTDOWN_TIMEOUT_MS?.trim() || String(10 * SECOND_MS);
  const shutdownTimeoutMs = /^\d+$/.test(timeout) ? Number(timeout) : NaN;
  if (!(shutdownTimeoutMs <= 600 * SECOND_MS)) {
    problems.push(`SHUTDOWN_TIMEOUT_MS is "${timeout}", allowed: 0 to 600000`);
  }
  const level = environment.LOG_LEVEL?.trim().toLowerCase() || 'info';
  const logLevel = LOG_LEVELS.find((known) => known === level);
  if (logLevel === undefined) {
    problems.push(`LOG_LEVEL is "${level}", allowed: ${LOG_LEVELS.join(', ')}`);
  }
  if (logLevel === undefined || problems.length > 0) throw new InvalidSettingsError(problems);
  return { shutdownTimeoutMs, logLevel };
}
