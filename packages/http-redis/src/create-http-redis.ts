import type { CallOptions } from './call-options.js';
import { DEFAULT_SETTINGS, settingsOf } from './call-settings.js';
import { createCaller } from './caller.js';
import { checkedWhole } from './checked-number.js';
import { createCircuit, type CircuitOptions } from './circuit.js';
import { createDispatcher, type DispatcherLimits } from './dispatcher.js';
import { checkedToken, checkedUrl } from './endpoint.js';
import { createHttpExchanges } from './http-exchange.js';
import type { HttpRedis } from './http-redis.js';
import { createMethods } from './redis-methods.js';
import { retryDelayMs } from './retry-delay.js';
import { createSharedTimers } from './shared-timers.js';

export interface HttpRedisOptions extends Omit<CallOptions, 'signal' | 'orderKey'> {
  /** Such as `https://eu1-quick-fox-1234.upstash.io`, with a path where the protocol is served below one. */
  readonly url: string;
  readonly token: string;
  readonly circuit?: CircuitOptions;
  /** Commands of one request, where it carries more than one call. Default 500. */
  readonly maxCommandsPerRequest?: number;
  /** Characters of one request, where it carries more than one call. Default 262 144. */
  readonly maxCharactersPerRequest?: number;
  /** Requests under way at once; further calls wait and share the next one. Default 32. */
  readonly maxRequests?: number;
}

export interface Surroundings {
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly retryDelayMs: typeof retryDelayMs;
}

/**
 * A client of Upstash's REST protocol, be it Upstash's own or one in front of another Redis. It asks nothing before it is
 * asked something.
 *
 * @throws InvalidRedisOptionError
 */
export function createHttpRedis(options: HttpRedisOptions): HttpRedis {
  return createHttpRedisIn(options, { nowMs: () => performance.now(), random: Math.random, retryDelayMs });
}

/** With time and chance of a test's own. */
export function createHttpRedisIn(options: HttpRedisOptions, surroundings: Surroundings): HttpRedis {
  const { url, token, circuit: circuitOptions = {} } = options;
  const { source, timeoutMs, retry, isSafeToRepeat } = options;
  const settings = settingsOf({ source, timeoutMs, retry, isSafeToRepeat }, DEFAULT_SETTINGS);
  const limits = limitsOf(options);
  const circuit = createCircuit(circuitOptions, surroundings.nowMs, surroundings.random);
  const exchanges = createHttpExchanges(checkedUrl(url), checkedToken(token));
  const dispatcher = createDispatcher(exchanges, circuit, limits);
  const caller = createCaller(dispatcher, createSharedTimers(), surroundings.retryDelayMs);
  return createMethods(caller, settings, {
    health: () => ({
      circuit: circuit.state(),
      consecutiveFailures: circuit.consecutiveFailures(),
      lastFailure: caller.lastFailure(),
    }),
    async close() {
      await caller.close();
      exchanges.close();
    },
  });
}

function limitsOf(options: HttpRedisOptions): DispatcherLimits {
  const { maxCommandsPerRequest = 500, maxCharactersPerRequest = 262_144, maxRequests = 32 } = options;
  return {
    maxCommands: checkedWhole('maxCommandsPerRequest', maxCommandsPerRequest, 1, 10_000),
    maxCharacters: checkedWhole('maxCharactersPerRequest', maxCharactersPerRequest, 1, 100_000_000),
    maxRequests: checkedWhole('maxRequests', maxRequests, 1, 10_000),
  };
}
