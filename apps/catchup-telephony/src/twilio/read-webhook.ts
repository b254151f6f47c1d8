import type { DeliveryStatus } from '../delivery-status.js';
import type { InboundSms, SmsKeyword } from '../inbound-sms.js';
import { readSmsStatus } from './read-sms-status.js';
import { readForm } from './verify-twilio-request.js';

/** A webhook that is signed and yet not what it should be. */
export class MalformedWebhookError extends Error {
  readonly code = 'ERR_TWILIO_WEBHOOK';
  constructor(
    /** What is missing or malformed. */
    readonly parameter: string,
  ) {
    super(`a webhook of Twilio lacks a proper ${parameter}`);
    this.name = 'MalformedWebhookError';
  }
}

const MESSAGE_SID = /^(SM|MM)[0-9a-f]{32}$/;
/** A number, a short code, or a sender of letters. */
const ADDRESS = /^(\+?\d{3,15}|[\w .&+-]{1,40})$/;
const ERROR_CODE = /^\d{1,6}$/;

/** See https://www.twilio.com/docs/messaging/guides/opt-out-keywords. */
const KEYWORDS: Readonly<Record<SmsKeyword, readonly string[]>> = {
  stop: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  start: ['START', 'YES', 'UNSTOP'],
  help: ['HELP', 'INFO'],
};

/**
 * Reads a message that came in. Verify the request first.
 *
 * @param body the form as it came
 * @throws MalformedWebhookError
 */
export function readInboundSms(body: string): InboundSms {
  const read = reader(body);
  const text = read('Body', /^[^]{0,100000}$/);
  return {
    providerMessageId: read('MessageSid', MESSAGE_SID),
    from: read('From', ADDRESS),
    to: read('To', ADDRESS),
    body: text,
    segments: Number(read('NumSegments', /^\d{1,3}$/, '1')) || 1,
    mediaCount: Number(read('NumMedia', /^\d{1,3}$/, '0')),
    keyword: keywordOf(text),
  };
}

/**
 * Reads what became of a message. Verify the request first.
 *
 * @param url as Twilio called it: its `ref` is what `send` was given
 * @param body the form as it came
 * @throws MalformedWebhookError
 */
export function readDeliveryStatus(url: string, body: string): DeliveryStatus {
  const read = reader(body);
  const errorCode = read('ErrorCode', ERROR_CODE, '');
  return {
    providerMessageId: read('MessageSid', MESSAGE_SID),
    status: readSmsStatus(read('MessageStatus', /^[\w-]{1,40}$/)),
    errorCode: errorCode === '' ? null : Number(errorCode),
    idempotencyRef: URL.canParse(url) ? new URL(url).searchParams.get('ref') : null,
  };
}

/** A word alone counts, in any case; one within a sentence does not. */
function keywordOf(text: string): SmsKeyword | null {
  const word = text.trim().toUpperCase();
  const found = Object.entries(KEYWORDS).find(([, words]) => words.includes(word));
  return (found?.[0] as SmsKeyword | undefined) ?? null;
}

/** A parameter that comes twice is none: whoever reads the other one would read something else. */
function reader(body: string) {
  const form = readForm(body);
  return (name: string, pattern: RegExp, fallback?: string): string => {
    const value = form[name] ?? fallback;
    if (typeof value !== 'string' || !(value === fallback || pattern.test(value)))
      throw new MalformedWebhookError(name);
    return value;
  };
}
