import type { CallSettings } from './call-settings.js';
import { isAnybodyListening, publishCommand, type RedisCommandMessage } from './command-channel.js';
import { billedFor, commandName, isRead, keyPrefixOf } from './command-facts.js';
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
import type { Answer, Fault } from './rest-answer.js';

/** What is asked in one piece; at least one command. */
export interface CallRequest {
  readonly commands: readonly RedisCommand[];
  readonly isTransaction?: boolean;
  /** Where the only command is an EVALSHA of it. */
  readonly script?: RedisScript;
}

/** Of one command: its reply, or why Redis refused it. */
export type Reply = { readonly reply: RedisReply } | { readonly error: RedisCommandError };

/** What became of a call so far. */
export interface CallTale {
  readonly settings: CallSettings;
  readonly startMs: number;
  /** Those that went out. */
  readonly tries: number;
  /** Those that may have arrived. */
  readonly billedTries: number;
  /** Whether its script had to be sent as text. */
  readonly isFallback: boolean;
  readonly mayHaveBeenApplied: boolean;
}

export function describeCall({ commands, script }: CallRequest, at: number, tries: number): FailedCall {
  const command = commands[at] as RedisCommand;
  const name = commandName(command);
  return { command: script?.name ?? name, keyPrefix: keyPrefixOf(name, command), tries };
}

/** Whether it does the same when it is run twice, by its caller's word, its script's, or since it only reads. */
export function isSafeToRepeat({ commands, script }: CallRequest, settings: CallSettings): boolean {
  if (settings.isSafeToRepeat !== undefined) return settings.isSafeToRepeat;
  return script ? script.isSafeToRepeat : commands.every((command) => isRead(commandName(command)));
}

export function readReply(request: CallRequest, answer: Answer, at: number, tries: number): Reply {
  if (!('error' in answer)) return { reply: answer.result };
  const { redisCode, text } = describeRefusal(answer.error, request.commands, request.script?.lua);
  return { error: new RedisCommandError(describeCall(request, at, tries), redisCode, text) };
}

export function errorOf(request: CallRequest, { reason, ...details }: Fault, tale: CallTale): HttpRedisError {
  const failed = describeCall(request, 0, tale.tries);
  const { mayHaveBeenApplied } = tale;
  if (reason === 'timeout') {
    return new RedisTimeoutError(failed, tale.settings.timeoutMs, mayHaveBeenApplied);
  }
  if (reason === 'auth') return new RedisAuthError(failed, details.status as number);
  return new RedisUnavailableError(failed, reason, { ...details, mayHaveBeenApplied });
}

/** One message a command; `error` is null when there were answers, and `undefined` when its caller gave up. */
export function publishCall(
  request: CallRequest,
  tale: CallTale,
  replies: readonly Reply[],
  error: HttpRedisError | null | undefined,
): void {
  if (!isAnybodyListening()) return;
  const durationMs = performance.now() - tale.startMs;
  for (const at of request.commands.keys()) {
    const reply = replies[at];
    const { command, keyPrefix, tries } = describeCall(request, at, tale.tries);
    const billed = billedOf(request, at, tale, reply);
    const outcome = outcomeOf(reply, error);
    publishCommand({
      source: tale.settings.source,
      name: command,
      billed,
      durationMs,
      outcome,
      tries,
      keyPrefix,
    });
  }
}

function outcomeOf(
  reply: Reply | undefined,
  error: HttpRedisError | null | undefined,
): RedisCommandMessage['outcome'] {
  if (reply !== undefined) return 'error' in reply ? 'refused' : 'ok';
  if (error?.code === 'ERR_REDIS_TIMEOUT') return 'timeout';
  if (error?.code === 'ERR_REDIS_AUTH') return 'auth';
  return error ? 'unavailable' : 'aborted';
}

function billedOf(request: CallRequest, at: number, tale: CallTale, reply: Reply | undefined): number {
  const { script, commands, isTransaction } = request;
  if (script) return tale.billedTries * billedByScript(script, reply) + (tale.isFallback ? 1 : 0);
  // MULTI and EXEC count with the first.
  const more = isTransaction && at === 0 ? 2 : 0;
  return tale.billedTries * (billedFor(commandName(commands[at] as RedisCommand)) + more);
}

function billedByScript({ billed }: RedisScript, reply: Reply | undefined): number {
  if (typeof billed === 'number') return billed;
  if (!reply || 'error' in reply) return 1;
  try {
    const count = billed(reply.reply);
    return Number.isFinite(count) ? count : 1;
  } catch {
    // The command was answered: its caller, and those who share its request, are not to suffer.
    return 1;
  }
}
