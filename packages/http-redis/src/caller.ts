import { performance } from 'node:perf_hooks';
import { clearTimeout, setTimeout } from 'node:timers';
import type { CallSettings } from './call-settings.js';
import { commandJson } from './command-json.js';
import { isAnybodyListening, publishCommand, type RedisCommandMessage } from './command-channel.js';
import { billedFor, commandName, isRead, keyPrefixOf } from './command-facts.js';
import type { Dispatcher, Outgoing } from './dispatcher.js';
import {
  RedisAuthError,
  RedisCommandError,
  RedisTimeoutError,
  RedisUnavailableError,
  type FailedCall,
  type HttpRedisError,
} from './errors.js';
import type { RedisCommand, RedisReply } from './http-redis.js';
import type { RedisScript } from './redis-script.js';
import { describeRefusal } from './refusal.js';
import { fault, type Answer, type Fault } from './rest-answer.js';
import { retryDelayMs } from './retry-delay.js';
import type { Deadline, Deadlines } from './try-deadlines.js';

/** What is asked in one piece. */
export interface CallRequest {
  readonly commands: readonly RedisCommand[];
  readonly isTransaction?: boolean;
  /** Where the command is an EVALSHA of it. */
  readonly script?: RedisScript;
}

/** The end of a call that was answered: of each command its reply, or why Redis refused it. */
export type Reply = { readonly reply: RedisReply } | { readonly error: RedisCommandError };

export interface Caller {
  call<T>(request: CallRequest, settings: CallSettings, read: (replies: readonly Reply[]) => T): Promise<T>;
  lastFailure(): { readonly code: string; readonly atMs: number } | null;
  close(): Promise<void>;
}

interface CallerParts {
  readonly dispatcher: Dispatcher;
  readonly deadlines: Deadlines;
  readonly random: () => number;
}

export function createCaller({ dispatcher, deadlines, random }: CallerParts): Caller {
  const lines = new Map<string, Outgoing[]>();
  const underWay = new Set<Call>();
  let lastFailure: { code: string; atMs: number } | null = null;
  let isClosed = false;
  let onIdle: (() => void) | null = null;

  class Call implements Outgoing {
    json: string;
    readonly count: number;
    readonly isTransaction: boolean;
    readonly line: Outgoing[] | null;
    state: Outgoing['state'] = 'idle';
    request: Outgoing['request'] = null;
    tries = 0;
    billedTries = 0;
    mayHaveBeenApplied = false;
    isFallback = false;
    deadline: Deadline | null = null;
    wait: NodeJS.Timeout | null = null;
    lastError: HttpRedisError | null = null;
    readonly startMs = isAnybodyListening() ? performance.now() : NaN;

    constructor(
      readonly asked: CallRequest,
      readonly settings: CallSettings,
      readonly resolve: (replies: readonly Reply[]) => void,
      readonly reject: (reason: unknown) => void,
    ) {
      const { commands } = asked;
      const [first] = commands;
      this.json = commands.length === 1 && first ? commandJson(first) : commands.map(commandJson).join(',');
      this.count = commands.length;
      this.isTransaction = asked.isTransaction ?? false;
      this.line = settings.orderKey === undefined ? null : lineOf(settings.orderKey, this);
      settings.signal?.addEventListener('abort', this.onAbort, { once: true });
      underWay.add(this);
      this.go();
    }

    go(): void {
      this.tries += 1;
      this.deadline = deadlines.add(this.settings.timeoutMs, this.onExpired);
      dispatcher.send(this);
    }

    readonly onExpired = (): void => {
      this.deadline = null;
      const maySent = dispatcher.cancel(this, 'timeout');
      this.onFault(fault('timeout', null, maySent));
    };

    readonly onAbort = (): void => {
      dispatcher.cancel(this, 'abort');
      this.finish('aborted', null);
      this.reject(this.settings.signal?.reason);
    };

    onEnd(end: readonly Answer[] | Fault): void {
      this.deadline?.clear();
      this.deadline = null;
      if ('reason' in end) this.onFault(end);
      else this.onAnswers(end);
    }

    onAnswers(answers: readonly Answer[]): void {
      const { script } = this.asked;
      const [first] = answers;
      if (script && !this.isFallback && first && 'error' in first && first.error.startsWith('NOSCRIPT')) {
        this.isFallback = true;
        const [, , ...rest] = this.asked.commands[0] as RedisCommand;
        this.json = JSON.stringify(['EVAL', script.lua, ...rest]);
        this.tries -= 1;
        this.go();
        return;
      }
      this.billedTries += 1;
      const replies = answers.map((answer, at): Reply =>
        'error' in answer ? { error: this.refusal(answer.error, at) } : { reply: answer.result },
      );
      this.finish('ok', replies);
      this.resolve(replies);
    }

    onFault(end: Fault): void {
      if (end.mayHaveBeenApplied) {
        this.mayHaveBeenApplied = true;
        this.billedTries += 1;
      }
      if (end.reason === 'circuit-open') this.tries -= 1;
      const error = this.errorOf(end);
      lastFailure = { code: error.code, atMs: Date.now() };
      const delayMs = this.mayRepeat(end)
        ? retryDelayMs(this.settings.retry, this.tries, end.retryAfterMs, random)
        : null;
      if (delayMs === null || isClosed) {
        this.finish(outcomeOf(error), null);
        this.reject(error);
        return;
      }
      this.lastError = error;
      this.wait = setTimeout(() => {
        this.wait = null;
        this.go();
      }, delayMs);
    }

    mayRepeat(end: Fault): boolean {
      if (end.reason === 'auth' || end.reason === 'circuit-open') return false;
      if (
        end.status !== null &&
        end.status >= 300 &&
        end.status < 500 &&
        end.status !== 408 &&
        end.status !== 429
      ) {
        return false;
      }
      return !end.mayHaveBeenApplied || this.isSafeToRepeat();
    }

    isSafeToRepeat(): boolean {
      const { script, commands } = this.asked;
      if (this.settings.isSafeToRepeat !== undefined) return this.settings.isSafeToRepeat;
      return script ? script.isSafeToRepeat : commands.every((command) => isRead(commandName(command)));
    }

    /** Ends it while it waits for its next try. */
    giveUp(): void {
      if (this.wait === null) return;
      const error = this.lastError as HttpRedisError;
      this.finish(outcomeOf(error), null);
      this.reject(error);
    }

    finish(outcome: RedisCommandMessage['outcome'], replies: readonly Reply[] | null): void {
      this.deadline?.clear();
      if (this.wait !== null) clearTimeout(this.wait);
      this.wait = null;
      const { signal, orderKey } = this.settings;
      signal?.removeEventListener('abort', this.onAbort);
      underWay.delete(this);
      if (this.line !== null) {
        this.line.splice(this.line.indexOf(this), 1);
        if (this.line.length === 0) lines.delete(orderKey as string);
        else dispatcher.leave(this);
      }
      if (isAnybodyListening()) this.publish(outcome, replies);
      if (underWay.size === 0) onIdle?.();
    }

    publish(outcome: RedisCommandMessage['outcome'], replies: readonly Reply[] | null): void {
      const durationMs = performance.now() - this.startMs;
      for (const at of this.asked.commands.keys()) {
        const { command, keyPrefix, tries } = this.describe(at);
        const reply = replies?.[at];
        publishCommand({
          source: this.settings.source,
          name: command,
          billed: this.billed(at, reply),
          durationMs: Number.isNaN(durationMs) ? 0 : durationMs,
          outcome: reply && 'error' in reply ? 'refused-by-redis' : outcome,
          tries,
          keyPrefix,
        });
      }
    }

    billed(at: number, reply: Reply | undefined): number {
      const { script, commands } = this.asked;
      if (!script) return this.billedTries * billedFor(commandName(commands[at] as RedisCommand));
      const { billed } = script;
      const once =
        typeof billed === 'number' ? billed : billed(reply && 'reply' in reply ? reply.reply : null);
      return this.billedTries * once + (this.isFallback ? 1 : 0);
    }

    describe(at: number): FailedCall {
      const command = this.asked.commands[at] as RedisCommand;
      const name = commandName(command);
      return {
        command: this.asked.script?.name ?? name,
        keyPrefix: keyPrefixOf(name, command),
        tries: this.tries,
      };
    }

    refusal(text: string, at: number): RedisCommandError {
      const { redisCode, text: shown } = describeRefusal(text, this.asked.commands);
      return new RedisCommandError(this.describe(at), redisCode, shown);
    }

    errorOf({ reason, ...details }: Fault): HttpRedisError {
      const failed = this.describe(0);
      if (reason === 'timeout') {
        return new RedisTimeoutError(failed, this.settings.timeoutMs, this.mayHaveBeenApplied);
      }
      if (reason === 'auth') return new RedisAuthError(failed, details.status as number);
      const { status, systemCode, retryAfterMs } = details;
      const { mayHaveBeenApplied } = this;
      return new RedisUnavailableError(failed, reason, {
        status,
        systemCode,
        retryAfterMs,
        mayHaveBeenApplied,
      });
    }
  }

  function lineOf(orderKey: string, call: Outgoing): Outgoing[] {
    const line = lines.get(orderKey) ?? [];
    if (line.length === 0) lines.set(orderKey, line);
    line.push(call);
    return line;
  }

  return {
    call(request, settings, read) {
      return new Promise((resolve, reject) => {
        settings.signal?.throwIfAborted();
        if (isClosed) throw closedError(request);
        new Call(
          request,
          settings,
          (replies) => {
            try {
              resolve(read(replies));
            } catch (error) {
              reject(error);
            }
          },
          reject,
        );
      });
    },
    lastFailure: () => lastFailure,
    close() {
      isClosed = true;
      for (const call of underWay) call.giveUp();
      if (underWay.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        onIdle = resolve;
      });
    },
  };
}

function outcomeOf({ code }: HttpRedisError): RedisCommandMessage['outcome'] {
  if (code === 'ERR_REDIS_TIMEOUT') return 'timeout';
  return code === 'ERR_REDIS_AUTH' ? 'auth' : 'unavailable';
}

function closedError({ commands, script }: CallRequest): RedisUnavailableError {
  const command = commands[0] as RedisCommand;
  const name = commandName(command);
  return new RedisUnavailableError(
    { command: script?.name ?? name, keyPrefix: keyPrefixOf(name, command), tries: 0 },
    'closed',
    { status: null, systemCode: null, retryAfterMs: null, mayHaveBeenApplied: false },
  );
}
