import type { UnavailableReason } from './errors.js';
import type { RedisReply } from './http-redis.js';
import type { HttpAnswer } from './http-exchange.js';
import { readRetryAfter } from './retry-delay.js';

/** What the server says of one command: Redis' reply, or its error in Redis' own words, which may repeat arguments. */
export type Answer = { readonly result: RedisReply } | { readonly error: string };

/** Why a request brought no answer to its commands. */
export interface Fault {
  readonly reason: UnavailableReason | 'timeout' | 'auth';
  readonly status: number | null;
  readonly systemCode: string | null;
  readonly retryAfterMs: number | null;
  /** False where it is certain that Redis did not run them. */
  readonly mayHaveBeenApplied: boolean;
}

export type RequestKind = 'command' | 'pipeline' | 'transaction';

/**
 * Reads an answer of Upstash's REST protocol (https://upstash.com/docs/redis/features/restapi).
 *
 * @param count of the commands that were asked; as many answers come back
 */
export function readAnswers(
  http: HttpAnswer,
  kind: RequestKind,
  count: number,
  nowMs: number,
): readonly Answer[] | Fault {
  const { status } = http;
  if (status === 401 || status === 403) return fault('auth', status, false);
  if (status === 429) {
    return {
      ...fault('throttled', status, false),
      retryAfterMs: readRetryAfter(http.retryAfter, http.date, nowMs),
    };
  }
  if (status >= 500 || status === 408) {
    return {
      ...fault('server-error', status, true),
      retryAfterMs: readRetryAfter(http.retryAfter, http.date, nowMs),
    };
  }
  const body = parse(http.text);
  const refusal = refusalOf(body);
  if (status >= 400 && refusal !== undefined) return Array<Answer>(count).fill(refusal);
  // A status of 3xx or 4xx is somebody's refusal to take it at all.
  if (status >= 300) return fault('malformed', status, false);
  if (kind === 'command') return isAnswer(body) ? [body] : fault('malformed', status, true);
  if (kind === 'transaction' && refusal !== undefined) return Array<Answer>(count).fill(refusal);
  if (Array.isArray(body) && body.length === count && body.every(isAnswer)) return body;
  return fault('malformed', status, true);
}

/** Whether there was an answer that tells that the way is open, be it a refusal: 2xx as this protocol has it, 3xx, 4xx. */
export function isAnswered(end: readonly Answer[] | Fault): boolean {
  return !('reason' in end) || isRefusedRequest(end.status);
}

/** Whether the same request may fare better a little later. */
export function mayPass({ reason, status }: Fault): boolean {
  return reason === 'throttled' || !isRefusedRequest(status);
}

function isRefusedRequest(status: number | null): boolean {
  return status !== null && status >= 300 && status < 500 && status !== 408;
}

export function fault(
  reason: Fault['reason'],
  status: number | null,
  mayHaveBeenApplied: boolean,
  systemCode: string | null = null,
): Fault {
  return { reason, status, systemCode, retryAfterMs: null, mayHaveBeenApplied };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null) return false;
  return 'error' in value
    ? refusalOf(value) !== undefined
    : (value as { result?: unknown }).result !== undefined;
}

function refusalOf(value: unknown): { readonly error: string } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return typeof (value as { error?: unknown }).error === 'string' ? (value as { error: string }) : undefined;
}
