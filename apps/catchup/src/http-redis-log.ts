import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { REDIS_COMMAND_CHANNEL, type HttpRedis, type RedisCommandMessage } from '@switchyard/http-redis';
import type { Logger } from 'pino';

/**
 * Logs once that HTTP Redis does not answer, and once that it does again. One command that fails among others that do not
 * is no outage. Answers a function that ends it.
 */
export function logHttpRedis(redis: Pick<HttpRedis, 'health'>, logger: Logger): () => void {
  let isOut = false;
  let hasAnswered = false;
  const log = (message: unknown) => {
    const { outcome } = message as RedisCommandMessage;
    if (outcome === 'aborted') return;
    if (outcome === 'ok' || outcome === 'refused') {
      hasAnswered = true;
      if (isOut) logger.info({ operation: 'http-redis' }, 'HTTP Redis answers again');
      isOut = false;
      return;
    }
    const isPassing = hasAnswered && outcome !== 'auth' && redis.health().circuit === 'closed';
    if (isOut || isPassing) return;
    isOut = true;
    logger.warn(
      { operation: 'http-redis', outcome },
      outcome === 'auth'
        ? 'HTTP Redis refuses the token: nothing is cached, limits go by their policies, nothing is claimed'
        : 'HTTP Redis does not answer: nothing is cached, limits go by their policies, nothing is claimed',
    );
  };
  subscribe(REDIS_COMMAND_CHANNEL, log);
  return () => void unsubscribe(REDIS_COMMAND_CHANNEL, log);
}
