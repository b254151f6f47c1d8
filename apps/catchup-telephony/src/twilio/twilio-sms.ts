import { setTimeout as wait } from 'node:timers/promises';
import twilio from 'twilio';
import { isPhoneNumber } from '../is-phone-number.js';
import { maskNumber } from '../mask-number.js';
import {
  InvalidNumberError,
  RecipientBlockedError,
  SmsLookupError,
  SmsOutcomeUnknownError,
  SmsPermanentError,
  SmsRateLimitedError,
  SmsTemporaryError,
  type SmsError,
} from '../sms-errors.js';
import type { SentSms, SmsSender } from '../sms-sender.js';
import { findMessages } from './find-messages.js';
import { readFailure, type Failure } from './read-failure.js';
import { readSmsStatus } from './read-sms-status.js';
import { createTwilioHttp } from './twilio-http.js';
import type { TwilioSettings } from './twilio-settings.js';

export interface TwilioSmsOptions {
  readonly settings: TwilioSettings;
  /** For one request. Default 10 000. */
  readonly timeoutMs?: number;
  /** How often a message is given to Twilio that surely was not taken, from 1. Default 3. */
  readonly attempts?: number;
  /** For all tries and the waits between them. Default 20 000. */
  readonly totalMs?: number;
  /** How far Twilio's clock may be from this one. Default 60. */
  readonly clockSkewSeconds?: number;
  readonly random?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export interface TwilioSms extends SmsSender {
  /** Asks Twilio for something small. @throws SmsLookupError */
  check(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Ends the connections that are kept open. */
  close(): void;
}

const BASE_WAIT_MS = 500;
const MAX_BODY = 1600;
const UNSUBSCRIBED = 21610;
/** See https://www.twilio.com/docs/api/errors: not a number, not a mobile one, not reachable from here, not allowed. */
const INVALID_NUMBER = new Set([21211, 21214, 21217, 21408, 21421, 21612, 21614]);

/** Text messages over Twilio's REST API. */
export function createTwilioSms(options: TwilioSmsOptions): TwilioSms {
  const { settings, timeoutMs = 10_000, attempts = 3, totalMs = 20_000, clockSkewSeconds = 60 } = options;
  const { random = Math.random, sleep = (ms, signal) => wait(ms, undefined, { signal }) } = options;
  const http = createTwilioHttp({ apiUrl: settings.apiUrl, timeoutMs });
  const client = twilio(settings.accountSid, settings.authToken, {
    httpClient: http.client,
    autoRetry: false,
  });

  const create = (to: string, body: string, ref: string | undefined) =>
    client.messages.create({
      to,
      body,
      ...('number' in settings.from
        ? { from: settings.from.number }
        : { messagingServiceSid: settings.from.messagingServiceSid }),
      ...(settings.statusCallbackUrl !== undefined && {
        statusCallback: withRef(settings.statusCallbackUrl, ref),
      }),
    });

  const ask = async <Result>(request: () => Promise<Result>, signal?: AbortSignal): Promise<Result> => {
    signal?.throwIfAborted();
    const answer = await http.run(request, signal);
    if ('result' in answer) return answer.result;
    signal?.throwIfAborted();
    throw lookupError(readFailure(answer.error, answer.retryAfter));
  };

  return {
    async send({ to, body, idempotencyRef }, { signal } = {}) {
      checkMessage(to, body, idempotencyRef);
      let spentMs = 0;
      for (let attempt = 1; ; attempt++) {
        if (signal?.aborted)
          throw new SmsTemporaryError('called off before it was sent', {}, { cause: signal.reason });
        const startedAt = performance.now();
        const answer = await http.run(() => create(to, body, idempotencyRef), signal);
        if ('result' in answer) return sentSms(answer.result);
        const failure = readFailure(answer.error, answer.retryAfter);
        const askedMs = failure.kind === 'refused' ? (failure.retryAfterMs ?? 0) : 0;
        const waitMs = askedMs + random() * BASE_WAIT_MS * 2 ** (attempt - 1);
        const error = sendError(failure, to, waitMs);
        spentMs += performance.now() - startedAt + waitMs;
        if (!mayRepeat(error) || attempt >= attempts || spentMs > totalMs) throw error;
        // Whoever calls it off meanwhile is told so at the top.
        await sleep(waitMs, signal).catch(() => undefined);
      }
    },
    async find({ to, sentAfter, body }, { signal } = {}) {
      // Twilio counts in whole seconds.
      const since = new Date(Math.floor(sentAfter.getTime() / 1000 - clockSkewSeconds) * 1000);
      return findMessages({ to, body }, since, (query, after) =>
        ask(async () => (after ? after.nextPage() : client.messages.page(query)), signal),
      );
    },
    async check({ signal } = {}) {
      try {
        await ask(() => client.messages.page({ pageSize: 1 }), signal);
      } catch (error) {
        // Whoever is told to wait has been heard.
        if (!(error instanceof SmsLookupError && error.status === 429)) throw error;
      }
    },
    close: () => http.close(),
  };
}

interface TwilioMessage {
  readonly sid: string;
  readonly status: string;
  readonly numSegments: string;
}

function sentSms({ sid, status, numSegments }: TwilioMessage): SentSms {
  // Twilio has taken it, or there would be an error; but what it is called nobody knows.
  if (typeof sid !== 'string' || !/^(SM|MM)[0-9a-f]{32}$/.test(sid))
    throw new SmsOutcomeUnknownError('the answer names no message');
  return { providerMessageId: sid, status: readSmsStatus(status), segments: Number(numSegments) || 1 };
}

const mayRepeat = (error: SmsError) =>
  error instanceof SmsRateLimitedError || error instanceof SmsTemporaryError;

function sendError(failure: Failure, to: string, waitMs: number): SmsError {
  if (failure.kind === 'no-answer')
    return failure.sent
      ? new SmsOutcomeUnknownError(`no usable answer (${failure.problem})`, { status: failure.status })
      : new SmsTemporaryError(`no connection (${failure.problem})`);
  const { status, providerCode = 0 } = failure;
  const masked = maskNumber(to);
  if (providerCode === UNSUBSCRIBED) return new RecipientBlockedError(masked, failure);
  if (INVALID_NUMBER.has(providerCode)) return new InvalidNumberError(masked, failure);
  if (status === 429) return new SmsRateLimitedError(Math.ceil(waitMs), failure);
  // A server that failed may have done it before.
  if (status >= 500) return new SmsOutcomeUnknownError('the provider failed', failure);
  return new SmsPermanentError(`refused (${status}, ${providerCode || 'no code'})`, failure);
}

function lookupError(failure: Failure): SmsLookupError {
  if (failure.kind === 'no-answer')
    return new SmsLookupError(`no usable answer (${failure.problem})`, true, failure);
  const isPassing = failure.status === 429 || failure.status >= 500;
  return new SmsLookupError(`refused (${failure.status})`, isPassing, failure);
}

function checkMessage(to: string, body: string, ref: string | undefined): void {
  if (!isPhoneNumber(to)) throw new InvalidNumberError(maskNumber(to));
  if (body.trim() === '' || body.length > MAX_BODY)
    throw new SmsPermanentError(`a message has 1 to ${MAX_BODY} characters, not ${body.length}`);
  if (ref !== undefined && (ref === '' || ref.length > 200))
    throw new SmsPermanentError(`idempotencyRef has 1 to 200 characters, not ${ref.length}`);
}

function withRef(url: string, ref: string | undefined): string {
  if (ref === undefined) return url;
  const target = new URL(url);
  target.searchParams.set('ref', ref);
  return target.href;
}
