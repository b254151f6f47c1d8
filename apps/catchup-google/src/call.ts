import { channel } from 'node:diagnostics_channel';
import { setTimeout as wait } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import { backoffMs, judge, readRetryAfter, type CallBudget } from './backoff.js';
import {
  GoogleForbiddenError,
  GoogleNotFoundError,
  GoogleRefusedError,
  GoogleUnauthorizedError,
  GoogleUnavailableError,
  MalformedAnswerError,
  type CallFacts,
} from './errors.js';
import { readRefusal, type Refusal } from './read-refusal.js';
import type { Sender, WireAnswer } from './send.js';
import { untilAborted } from './until-aborted.js';

/** Where access tokens come from. What it throws ends the call and passes through as it is. */
export interface TokenSource {
  /**
   * A token of an account that is good for a while.
   *
   * @param options.rejected a token that Google did not take: another one is wanted. Where it was replaced meanwhile,
   *   that is the one at hand, and nothing is refreshed. What is asked with it is shared by all whose token was refused,
   *   so that it comes without a signal.
   */
  accessToken(
    accountId: string,
    options?: { readonly rejected?: string; readonly signal?: AbortSignal },
  ): Promise<string>;
}

export interface ApiCall {
  readonly operation: string;
  /** Whose token is sent; none where absent. */
  readonly accountId?: string;
  /** A token at hand, in the place of an account's. */
  readonly accessToken?: string;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly form?: URLSearchParams;
  /** Doing it twice does no harm, so that a try whose end is unknown may be repeated. */
  readonly repeatable: boolean;
  readonly signal?: AbortSignal;
  /** The error for an answer that is none of the usual ones. */
  readonly refused?: (refusal: Refusal, facts: CallFacts) => Error | undefined;
}

/** Published on {@link GOOGLE_CALL_CHANNEL} after each try. It holds no token, address or content. */
export interface GoogleCallEvent {
  readonly operation: string;
  readonly accountId: string | undefined;
  /** From 1. */
  readonly attempt: number;
  /** 0 where no answer came. */
  readonly status: number;
  readonly reason: string | undefined;
  readonly durationMs: number;
}

export const GOOGLE_CALL_CHANNEL = 'catchup:google-call';
const calls = channel(GOOGLE_CALL_CHANNEL);

export interface CallerParts {
  readonly sender: Sender;
  readonly tokens: TokenSource;
  readonly now: () => Date;
  readonly random: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly budget: CallBudget;
  readonly concurrencyPerAccount: number;
}

export interface Caller {
  /** The JSON of a success; undefined where there is no body. Errors: see `errors.ts`. */
  call(call: ApiCall): Promise<unknown>;
}

export const sleepFor = async (ms: number, signal?: AbortSignal): Promise<void> =>
  wait(ms, undefined, { signal });

type Try = {
  readonly answer: WireAnswer;
  readonly refusal?: Refusal;
  readonly json?: unknown;
  readonly malformed?: string;
};

export function createCaller(parts: CallerParts): Caller {
  const { tokens, now, random, sleep, budget } = parts;
  const limits = new Map<string, LimitFunction>();
  const renewals = new Map<string, Promise<string>>();

  /** All whose token was refused at once share one new one; that one of them gives up ends it for no other. */
  function renewed(accountId: string, rejected: string, signal?: AbortSignal): Promise<string> {
    const key = `${accountId} ${rejected}`;
    const renewal = renewals.get(key) ?? tokens.accessToken(accountId, { rejected });
    if (!renewals.has(key)) {
      renewals.set(key, renewal);
      void renewal.catch(() => undefined).finally(() => renewals.delete(key));
    }
    return untilAborted(renewal, signal);
  }

  async function tryOnce(
    call: ApiCall,
    attempt: number,
    accessToken: string | undefined,
    timeoutMs: number,
  ): Promise<Try> {
    const startedAt = performance.now();
    const { method, url, query, body, form, signal } = call;
    const answer = await parts.sender.send({
      method,
      url,
      query,
      body,
      form,
      accessToken,
      timeoutMs,
      signal,
      ownConnection: !call.repeatable,
    });
    const status = answer.kind === 'answer' ? answer.status : 0;
    const isGood = status >= 200 && status < 300;
    const refusal = answer.kind === 'answer' && !isGood ? readRefusal(answer.body) : undefined;
    const reason = refusal?.reason ?? (answer.kind === 'no-answer' ? answer.problem : undefined);
    if (calls.hasSubscribers)
      calls.publish({
        operation: call.operation,
        accountId: call.accountId,
        attempt,
        status,
        reason,
        durationMs: performance.now() - startedAt,
      } satisfies GoogleCallEvent);
    if (answer.kind === 'no-answer' || !isGood) return { answer, refusal };
    if (answer.body === '') return { answer };
    try {
      return { answer, json: JSON.parse(answer.body) as unknown };
    } catch {
      return { answer, malformed: 'no JSON' };
    }
  }

  async function run(call: ApiCall): Promise<unknown> {
    const { accountId, operation, signal } = call;
    let token = accountId === undefined ? call.accessToken : await tokens.accessToken(accountId, { signal });
    let hasRenewed = false;
    let spentMs = 0;
    for (let attempt = 1; ; attempt++) {
      const startedAt = performance.now();
      const timeoutMs = Math.max(1, Math.min(budget.tryMs, budget.totalMs - spentMs));
      const { answer, refusal, json, malformed } = await tryOnce(call, attempt, token, Math.ceil(timeoutMs));
      spentMs += performance.now() - startedAt;
      const status = answer.kind === 'answer' ? answer.status : undefined;
      const reason = refusal?.reason ?? (answer.kind === 'no-answer' ? answer.problem : undefined);
      const facts: CallFacts = { operation, status, reason, attempts: attempt };

      const verdict = status === undefined ? 'again' : judge(status, reason);
      if (verdict === 'ok' && malformed === undefined) return json;
      if (verdict === 'unauthorized') {
        // OAuth says so of a client that it does not know.
        const special = refusal && call.refused?.(refusal, facts);
        if (special) throw special;
        if (accountId === undefined || token === undefined || hasRenewed)
          throw new GoogleUnauthorizedError(facts);
        const fresh = await renewed(accountId, token, signal);
        if (fresh === token) throw new GoogleUnauthorizedError(facts);
        token = fresh;
        hasRenewed = true;
        continue;
      }
      if (verdict === 'refused') throw refusedError(call, refusal ?? { message: '' }, facts);

      const askedMs = answer.kind === 'answer' ? readRetryAfter(answer.retryAfter, now()) : undefined;
      const waitMs = backoffMs(attempt, random(), askedMs);
      if (verdict === 'later') throw new GoogleUnavailableError(facts, Math.max(waitMs, A_WHILE_MS));
      const wasUndone = answer.kind === 'no-answer' ? !answer.sent : status === 429 || status === 403;
      const mayRepeat = call.repeatable || wasUndone;
      if (!mayRepeat || attempt >= budget.attempts || spentMs + waitMs > budget.totalMs) {
        if (malformed !== undefined) throw new MalformedAnswerError(malformed, facts);
        throw new GoogleUnavailableError(facts, waitMs);
      }
      await sleep(waitMs, signal);
      spentMs += waitMs;
    }
  }

  return {
    async call(call) {
      call.signal?.throwIfAborted();
      const { accountId } = call;
      if (accountId === undefined) return run(call);
      const limit = limits.get(accountId) ?? pLimit(parts.concurrencyPerAccount);
      limits.set(accountId, limit);
      const answered = limit(async () => {
        call.signal?.throwIfAborted();
        return run(call);
      });
      void answered
        .catch(() => undefined)
        .finally(() => limit.activeCount + limit.pendingCount === 0 && limits.delete(accountId));
      // Who is still waiting for a turn can leave without one.
      return untilAborted(answered, call.signal);
    },
  };
}

/** After a daily quota is used up, nothing is to be had for a while. */
const A_WHILE_MS = 15 * 60_000;

function refusedError(call: ApiCall, refusal: Refusal, facts: CallFacts): Error {
  const special = call.refused?.(refusal, facts);
  if (special) return special;
  if (facts.status === 403) return new GoogleForbiddenError(facts);
  if (facts.status === 404) return new GoogleNotFoundError(facts);
  return new GoogleRefusedError(facts);
}
