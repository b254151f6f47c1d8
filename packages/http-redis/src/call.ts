import { setImmediate } from 'node:timers';
import type { RetryPolicy } from './call-options.js';
import {
  errorOf,
  isSafeToRepeat,
  publishCall,
  readReply,
  type CallRequest,
  type CallTale,
  type Reply,
} from './call-report.js';
import type { CallSettings } from './call-settings.js';
import { commandJson } from './command-json.js';
import type { Dispatcher, Outgoing } from './dispatcher.js';
import type { HttpRedisError } from './errors.js';
import type { RedisCommand } from './http-redis.js';
import type { RedisScript } from './redis-script.js';
import { fault, mayPass, type Answer, type Fault } from './rest-answer.js';
import type { SharedTimer, SharedTimers } from './shared-timers.js';

/** What all calls of a client share. */
export interface CallHost {
  readonly dispatcher: Dispatcher;
  readonly timers: SharedTimers;
  /** Null to give up. */
  readonly retryDelayMs: (
    policy: RetryPolicy,
    failures: number,
    retryAfterMs: number | null,
  ) => number | null;
  isClosed(): boolean;
  /** Puts it behind the calls of its order key, and answers all of them. */
  lineUp(orderKey: string, call: Call): Call[];
  failed(error: HttpRedisError): void;
  ended(call: Call): void;
}

/** A call from its first try to its end. A class, since there is one for every command. */
export class Call implements Outgoing, CallTale {
  json: string;
  readonly count: number;
  readonly isTransaction: boolean;
  readonly line: Call[] | null;
  state: Outgoing['state'] = 'idle';
  request: Outgoing['request'] = null;

  readonly startMs = performance.now();
  tries = 0;
  billedTries = 0;
  isFallback = false;
  mayHaveBeenApplied = false;

  /** Failures, each of which brings a longer wait. */
  #failures = 0;
  #lastError: HttpRedisError | null = null;
  #deadline: SharedTimer | null = null;
  #wait: SharedTimer | null = null;
  #isExpiring = false;
  #isOver = false;

  /** @throws InvalidRedisOptionError for what is no command; then nothing was begun */
  constructor(
    readonly asked: CallRequest,
    readonly settings: CallSettings,
    private readonly host: CallHost,
    private readonly resolve: (replies: readonly Reply[]) => void,
    private readonly reject: (reason: unknown) => void,
  ) {
    const { commands } = asked;
    const [first] = commands as [RedisCommand];
    this.json = commands.length === 1 ? commandJson(first) : commands.map(commandJson).join(',');
    this.count = commands.length;
    this.isTransaction = asked.isTransaction ?? false;
    this.line = settings.orderKey === undefined ? null : host.lineUp(settings.orderKey, this);
    settings.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  go(): void {
    this.#deadline = this.host.timers.after(this.settings.timeoutMs, this.#onExpired);
    this.host.dispatcher.send(this);
  }

  /** Ends it if it waits for its next try. */
  tryNoMore(): void {
    if (this.#wait !== null) this.#failWith(this.#lastError as HttpRedisError);
  }

  get mayGoTwice(): boolean {
    return this.asked.script !== undefined && !this.isFallback;
  }

  onSent(): void {
    this.tries += 1;
  }

  onEnd(end: readonly Answer[] | Fault): void {
    // Whoever was told the end of another call of its request may have aborted this one.
    if (this.#isOver) return;
    if (!('reason' in end) && this.#needsText(end)) return this.#sendText();
    this.#deadline?.clear();
    this.#deadline = null;
    this.#isExpiring = false;
    if ('reason' in end) this.#onFault(end);
    else this.#onAnswers(end);
  }

  readonly #onExpired = (): void => {
    const expired = this.#deadline;
    this.#isExpiring = true;
    // Where this process was busy for long, the answer may lie in wait: it is read before the immediates run.
    setImmediate(() => {
      if (this.#deadline !== expired) return;
      this.#deadline = null;
      this.#isExpiring = false;
      this.#onFault(fault('timeout', null, this.host.dispatcher.cancel(this, 'timeout')));
    });
  };

  readonly #onAbort = (): void => {
    if (this.host.dispatcher.cancel(this, 'abort')) this.billedTries += 1;
    this.#finish([], undefined);
    this.reject(this.settings.signal?.reason);
  };

  #needsText([first]: readonly Answer[]): boolean {
    return this.mayGoTwice && first !== undefined && 'error' in first && first.error.startsWith('NOSCRIPT');
  }

  /** The same try, whose text comes second: it has what is left of its time. */
  #sendText(): void {
    const { script, commands } = this.asked as CallRequest & { readonly script: RedisScript };
    const [, , ...rest] = commands[0] as RedisCommand;
    this.isFallback = true;
    this.json = JSON.stringify(['EVAL', script.lua, ...rest.map(String)]);
    this.tries -= 1;
    this.host.dispatcher.send(this);
  }

  #onAnswers(answers: readonly Answer[]): void {
    this.billedTries += 1;
    const replies = answers.map((answer, at) => readReply(this.asked, answer, at, this.tries));
    this.#finish(replies, null);
    this.resolve(replies);
  }

  #onFault(end: Fault): void {
    this.#failures += 1;
    if (end.mayHaveBeenApplied) {
      this.mayHaveBeenApplied = true;
      this.billedTries += 1;
    }
    const error = errorOf(this.asked, end, this);
    if (end.reason !== 'circuit-open') this.host.failed(error);
    const delayMs = this.#mayGoAgain(end)
      ? this.host.retryDelayMs(this.settings.retry, this.#failures, end.retryAfterMs)
      : null;
    if (delayMs === null) {
      this.#failWith(error);
      return;
    }
    this.#lastError = error;
    this.#wait = this.host.timers.after(delayMs, () => {
      this.#wait = null;
      this.go();
    });
  }

  #mayGoAgain(end: Fault): boolean {
    if (this.host.isClosed()) return false;
    // A call that begins while the circuit is open costs nothing; one that is being repeated goes on waiting.
    if (end.reason === 'circuit-open') return this.#failures > 1;
    if (this.#isOvertaken()) return false;
    return mayPass(end) && (!end.mayHaveBeenApplied || isSafeToRepeat(this.asked, this.settings));
  }

  /** Whether somebody behind it in its line went out with it and is still waited for: again would be after that one. */
  #isOvertaken(): boolean {
    const line = this.line ?? [];
    return line.slice(line.indexOf(this) + 1).some((later) => later.state === 'sent' && !later.#isExpiring);
  }

  #failWith(error: HttpRedisError): void {
    this.#finish([], error);
    this.reject(error);
  }

  #finish(replies: readonly Reply[], error: HttpRedisError | null | undefined): void {
    this.#isOver = true;
    this.#deadline?.clear();
    this.#deadline = null;
    this.#wait?.clear();
    this.#wait = null;
    this.settings.signal?.removeEventListener('abort', this.#onAbort);
    this.host.ended(this);
    publishCall(this.asked, this, replies, error);
  }
}
