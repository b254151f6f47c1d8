import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';
import { InvalidStandInOptionError } from './errors.js';
import { createFaultPlan, type Fault } from './faults.js';
import { listMessages } from './list-messages.js';
import { messageResource, segmentsOf, type Message, type MessageStatus } from './message.js';
import { postWebhook, type PostedWebhook } from './post-webhook.js';
import {
  BODY_TOO_LONG,
  FROM_NOT_OWNED,
  INTERNAL,
  INVALID_TO,
  NO_BODY,
  NO_FROM,
  NO_TO,
  NOT_FOUND,
  OPTED_OUT,
  refusalBody,
  TOO_MANY,
  UNAUTHENTICATED,
  UNAVAILABLE,
  type Refusal,
} from './refusal.js';

export interface TwilioStandInOptions {
  /** A whole number; 1 by default. The same seed gives the same account, token and message ids. */
  readonly seed?: number;
  /** Numbers that the account owns; one by default. */
  readonly numbers?: readonly string[];
  /** The system's clock by default. */
  readonly now?: () => Date;
  /** 0, any free one, by default. */
  readonly port?: number;
  /** How long the app may take to answer a webhook; 15 000 by default, as at Twilio. */
  readonly webhookTimeoutMs?: number;
}

export interface InboundText {
  readonly from: string;
  readonly to?: string;
  readonly body: string;
  /** The app's webhook, as it is known outside. */
  readonly url: string;
}

/** Twilio's Messages API and its webhooks, for one account. */
export interface TwilioStandIn {
  /** Without a trailing slash. */
  readonly url: string;
  readonly accountSid: string;
  readonly authToken: string;
  readonly numbers: readonly string[];
  /** All messages, the oldest first. */
  readonly messages: readonly Message[];
  /** How many requests of the API came so far. */
  readonly requestCount: number;
  /** Takes the place of all faults before. */
  setFaults(faults: readonly Fault[]): void;
  /** As if somebody had answered STOP; a text of STOP or START to `receiveSms` does the same. */
  setOptedOut(number: string, optedOut: boolean): void;
  /** Somebody texts the app: its webhook is called, signed. */
  receiveSms(text: InboundText): Promise<PostedWebhook>;
  /** Brings a message to a status and tells the app, if it asked to be told. */
  report(sid: string, status: MessageStatus, errorCode?: number): Promise<PostedWebhook | undefined>;
  /** Stops listening, closes every socket and waits for no webhook any more. A second call does nothing. */
  stop(): Promise<void>;
}

const E164 = /^\+[1-9]\d{6,14}$/;
const STOP_WORDS = ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT'];
const START_WORDS = ['START', 'YES', 'UNSTOP'];

/** @throws InvalidStandInOptionError */
export async function startTwilioStandIn(options: TwilioStandInOptions = {}): Promise<TwilioStandIn> {
  const {
    seed = 1,
    numbers = ['+15005550006'],
    now = () => new Date(),
    port = 0,
    webhookTimeoutMs = 15_000,
  } = options;
  if (!Number.isSafeInteger(seed)) throw new InvalidStandInOptionError('seed', seed, 'a whole number');
  for (const number of numbers)
    if (!E164.test(number)) throw new InvalidStandInOptionError('numbers', number, 'E.164');
  const id = (what: string) => createHash('sha256').update(`${seed} ${what}`).digest('hex').slice(0, 32);
  const accountSid = `AC${id('account')}`;
  const authToken = id('token');
  const messages: Message[] = [];
  const optedOut = new Set<string>();
  const faults = createFaultPlan();
  const stopped = new AbortController();
  let requestCount = 0;

  const keep = (
    message: Omit<Message, 'sid' | 'createdAt' | 'updatedAt' | 'sentAt' | 'segments' | 'errorCode'>,
  ): Message => {
    const at = now();
    const kept: Message = {
      ...message,
      sid: `SM${id(`message ${messages.length}`)}`,
      segments: segmentsOf(message.body),
      errorCode: null,
      createdAt: at,
      updatedAt: at,
      sentAt: message.direction === 'inbound' ? at : null,
    };
    messages.push(kept);
    return kept;
  };

  const refusalOf = (form: Record<string, string>): Refusal | undefined => {
    const { To = '', From = '', MessagingServiceSid = '', Body = '' } = form;
    if (To === '') return NO_TO;
    if (From === '' && MessagingServiceSid === '') return NO_FROM;
    if (Body === '') return NO_BODY;
    if (Body.length > 1600) return BODY_TOO_LONG;
    if (!E164.test(To)) return INVALID_TO(To);
    if (From !== '' && !numbers.includes(From)) return FROM_NOT_OWNED(From);
    return optedOut.has(To) ? OPTED_OUT : undefined;
  };

  const app = express();
  app.use(express.urlencoded({ extended: false, limit: '1mb' }));
  const account = express.Router({ mergeParams: true });
  app.use('/2010-04-01/Accounts/:accountSid', (req: Request, res: Response, next) => {
    requestCount++;
    const [user, password] = credentialsOf(req.get('authorization'));
    if (user !== accountSid || password !== authToken) return void refuse(res, UNAUTHENTICATED);
    if (req.params.accountSid !== accountSid) return void refuse(res, NOT_FOUND(req.originalUrl));
    next();
  });
  account.post('/Messages.json', async (req: Request, res: Response) => {
    const form = formOf(req.body);
    const fault = faults.strike('send', form.To);
    const early = fault && (await strikeEarly(fault, res));
    if (early) return;
    const refusal = refusalOf(form);
    if (refusal) return void refuse(res, refusal);
    const message = keep({
      direction: 'outbound-api',
      from: form.From || (numbers[0] as string),
      to: form.To as string,
      body: form.Body as string,
      status: 'queued',
      statusCallback: form.StatusCallback ?? null,
    });
    await answer(res, 201, messageResource(message, accountSid), fault);
  });
  account.get('/Messages.json', async (req: Request, res: Response) => {
    const query = new URL(req.originalUrl, 'http://stand-in').searchParams;
    const fault = faults.strike('list', query.get('To') ?? undefined);
    if (fault && (await strikeEarly(fault, res))) return;
    await answer(res, 200, listMessages(messages, query, accountSid), fault);
  });
  account.get('/Messages/:name', async (req: Request, res: Response) => {
    const message = messages.find(({ sid }) => `${sid}.json` === req.params.name);
    if (!message) return void refuse(res, NOT_FOUND(req.originalUrl));
    await answer(res, 200, messageResource(message, accountSid), undefined);
  });
  app.use('/2010-04-01/Accounts/:accountSid', account);
  app.use((req: Request, res: Response) => refuse(res, NOT_FOUND(req.originalUrl)));

  const server = createServer(app);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    accountSid,
    authToken,
    numbers,
    messages,
    get requestCount() {
      return requestCount;
    },
    setFaults: (rules) => faults.set(rules),
    setOptedOut: (number, isOut) => void (isOut ? optedOut.add(number) : optedOut.delete(number)),
    async receiveSms({ from, to = numbers[0] as string, body, url: webhook }) {
      const word = body.trim().toUpperCase();
      if (STOP_WORDS.includes(word)) optedOut.add(from);
      if (START_WORDS.includes(word)) optedOut.delete(from);
      const message = keep({
        direction: 'inbound',
        from,
        to,
        body,
        status: 'received',
        statusCallback: null,
      });
      const form = {
        ToCountry: '',
        SmsMessageSid: message.sid,
        NumMedia: '0',
        SmsSid: message.sid,
        SmsStatus: 'received',
        Body: body,
        To: to,
        NumSegments: String(message.segments),
        MessageSid: message.sid,
        AccountSid: accountSid,
        From: from,
        ApiVersion: '2010-04-01',
        ...(STOP_WORDS.includes(word) && { OptOutType: 'STOP' }),
        ...(START_WORDS.includes(word) && { OptOutType: 'START' }),
        ...(['HELP', 'INFO'].includes(word) && { OptOutType: 'HELP' }),
      };
      return await postWebhook(authToken, webhook, form, webhookTimeoutMs, stopped.signal);
    },
    async report(sid, status, errorCode) {
      const at = messages.findIndex((message) => message.sid === sid);
      const message = messages[at];
      if (!message) throw new InvalidStandInOptionError('sid', sid, 'the id of a message');
      const updatedAt = now();
      const sentAt = message.sentAt ?? (['queued', 'sending'].includes(status) ? null : updatedAt);
      messages[at] = { ...message, status, errorCode: errorCode ?? null, updatedAt, sentAt };
      if (message.statusCallback === null) return undefined;
      const form = {
        SmsSid: sid,
        SmsStatus: status,
        MessageStatus: status,
        To: message.to,
        MessageSid: sid,
        AccountSid: accountSid,
        From: message.from,
        ApiVersion: '2010-04-01',
        ...(errorCode !== undefined && { ErrorCode: String(errorCode) }),
      };
      return await postWebhook(authToken, message.statusCallback, form, webhookTimeoutMs, stopped.signal);
    },
    async stop() {
      stopped.abort();
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const refuse = (res: Response, refusal: Refusal) => res.status(refusal.status).json(refusalBody(refusal));

/** Faults that come before anything is done. */
async function strikeEarly(fault: Fault, res: Response): Promise<boolean> {
  const { kind, retryAfterSeconds } = fault;
  if (kind === 'too-many-requests') {
    if (retryAfterSeconds !== undefined) res.set('retry-after', String(retryAfterSeconds));
    refuse(res, TOO_MANY);
  } else if (kind === 'internal-error') refuse(res, INTERNAL);
  else if (kind === 'drop-before') res.socket?.destroy();
  else return false;
  return true;
}

/** Faults of the answer; what was asked for is done. */
async function answer(res: Response, status: number, body: object, fault: Fault | undefined): Promise<void> {
  if (fault?.kind === 'drop-after') return void res.socket?.destroy();
  if (fault?.kind === 'unavailable-after') return void refuse(res, UNAVAILABLE);
  if (fault?.kind === 'slow') await pause(res, fault.delayMs ?? 1000);
  if (res.destroyed) return;
  const text = JSON.stringify(body);
  res.status(status).type('application/json');
  res.end(fault?.kind === 'truncated-json' ? text.slice(0, text.length / 2) : text);
}

/** Ends early when nobody waits for the answer any more. */
const pause = (res: ServerResponse, delayMs: number) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    res.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });

function credentialsOf(header: string | undefined): [user: string, password: string] {
  const encoded = /^Basic (\S+)$/i.exec(header ?? '')?.[1] ?? '';
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString().split(':');
  return [user, password.join(':')];
}

const formOf = (body: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries((body ?? {}) as Record<string, unknown>).map(([name, value]) => [
      name,
      String(Array.isArray(value) ? value[0] : value),
    ]),
  );
