import { isPhoneNumber } from '../is-phone-number.js';

/** Settings that are missing or malformed; lists all of them, and shows no secret. */
export class TwilioSettingsError extends Error {
  readonly code = 'ERR_TWILIO_SETTINGS';
  constructor(readonly problems: readonly string[]) {
    super(`Twilio is not set up:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'TwilioSettingsError';
  }
}

export interface TwilioSettings {
  readonly accountSid: string;
  /** A secret: it signs webhooks, too. */
  readonly authToken: string;
  /** A number of the account's in E.164, or a messaging service that picks one. */
  readonly from: { readonly number: string } | { readonly messagingServiceSid: string };
  /** In the place of `https://api.twilio.com`, without a slash at its end: a stand-in. */
  readonly apiUrl?: string;
  /** Where Twilio reports what became of a message. */
  readonly statusCallbackUrl?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads `TWILIO_ACCOUNT_SID`, `TWILIO_AUTH_TOKEN`, `TWILIO_FROM` (a number in E.164) or
 * `TWILIO_MESSAGING_SERVICE_SID`, and, if set, `TWILIO_STATUS_CALLBACK_URL` and `TWILIO_API_URL`. White space around a
 * value is trimmed.
 *
 * @throws TwilioSettingsError
 */
export function readTwilioSettings(env: Env): TwilioSettings {
  const problems: string[] = [];
  const read = (name: string): string | undefined => env[name]?.trim() || undefined;
  const matching = (name: string, pattern: RegExp, allowed: string, isSecret = false): string => {
    const value = read(name);
    if (value === undefined) problems.push(`${name} is missing`);
    else if (!pattern.test(value))
      problems.push(`${name} must be ${allowed}${isSecret ? '' : `, not "${value}"`}`);
    return value ?? '';
  };
  const url = (name: string): string | undefined => {
    const value = read(name);
    const problem = value && urlProblem(value);
    if (problem) problems.push(`${name} ${problem}`);
    return value?.replace(/\/+$/, '');
  };

  const accountSid = matching('TWILIO_ACCOUNT_SID', /^AC[0-9a-f]{32}$/, '"AC" and 32 hexadecimal digits');
  const authToken = matching('TWILIO_AUTH_TOKEN', /^[0-9a-f]{32}$/, '32 hexadecimal digits', true);
  const number = read('TWILIO_FROM');
  const service = read('TWILIO_MESSAGING_SERVICE_SID');
  if ((number === undefined) === (service === undefined))
    problems.push('either TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID must be set, and not both');
  if (number !== undefined && !isPhoneNumber(number))
    problems.push(`TWILIO_FROM must be a number such as +14155552671, not "${number}"`);
  if (service !== undefined && !/^MG[0-9a-f]{32}$/.test(service))
    problems.push(`TWILIO_MESSAGING_SERVICE_SID must be "MG" and 32 hexadecimal digits, not "${service}"`);
  const apiUrl = url('TWILIO_API_URL');
  const statusCallbackUrl = url('TWILIO_STATUS_CALLBACK_URL');
  if (problems.length > 0) throw new TwilioSettingsError(problems);

  const settings = {
    accountSid,
    from: service === undefined ? { number: number as string } : { messagingServiceSid: service },
    apiUrl,
    statusCallbackUrl,
  };
  // The token does not show where settings are printed.
  return Object.defineProperty(settings, 'authToken', { value: authToken }) as TwilioSettings;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function urlProblem(value: string): string | undefined {
  if (!URL.canParse(value)) return `is no URL: "${value}"`;
  const { protocol, hostname, username, password } = new URL(value);
  if (username || password) return 'must not hold a user or password';
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))) return undefined;
  return `must begin with https:// (http:// on this machine only): "${value}"`;
}
