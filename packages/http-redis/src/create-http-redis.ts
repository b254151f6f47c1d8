import type { CallOptions } from './call-options.js';
import { settle, DEFAULT_SETTINGS } from './call-settings.js';
import { createCaller } from './caller.js';
import { createCircuit, type CircuitOptions } from './circuit.js';
import { createDispatcher } from './dispatcher.js';
import { checkedToken, checkedUrl } from './endpoint.js';
import { createHttpExchanges } from './http-exchange.js';
import type { HttpRedis } from './http-redis.js';
import { createMethods } from './redis-methods.js';
import { createDeadlines } from './try-deadlines.js';

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
  /** For tests. */
  readonly random?: () => number;
}

/** @throws InvalidRedisOptionError */
export function createHttpRedis(options: HttpRedisOptions): HttpRedis {
  const { url, token, random = Math.random } = options;
  const exchanges = createHttpExchanges(checkedUrl(url), checkedToken(token));
  const circuit = createCircuit(options.circuit ?? {}, () => performance.now(), random);
  const deadlines = createDeadlines();
  const dispatcher = createDispatcher(
    exchanges,
    circuit,
    {
      maxCommands: options.maxCommandsPerRequest ?? 500,
      maxCharacters: options.maxCharactersPerRequest ?? 262_144,
      maxRequests: options.maxRequests ?? 32,
    },
    deadlines.endTick,
  );
  const caller = createCaller({ dispatcher, deadlines, random });
  const { source, timeoutMs, retry, isSafeToRepeat } = options;
  const settings = settle({ source, timeoutMs, retry, isSafeToRepeat }, DEFAULT_SETTINGS);

  const health = () => ({
    circuit: circuit.state(),
    consecutiveFailures: circuit.consecutiveFailures(),
    lastFailure: caller.lastFailure(),
  });
  const close = async () => {
    await caller.close();
    exchanges.close();
  };
  return createMethods(caller, settings, health, close);
}
