import { createBullMqEngine } from '@switchyard/queue-bullmq';
import {
  createFlagSource,
  createRollout,
  parseTargetShares,
  type Rollout,
  type RolloutOptions,
  type SettableFlagSource,
  type TargetShares,
} from '@switchyard/queue-rollout';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { readAppSettings, type AppSettings } from './app-settings.js';
import { openHttpServices, type HttpServices } from './http-services.js';
import { readHttpSettings, type HttpSettings } from './http-settings.js';
import { appQueues } from './queues/index.js';
import { readRedisSettings, type Environment, type RedisSettings } from './redis-settings.js';
import { readAll } from './settings-error.js';

/** Every queue of both engines listens to the one connection; more than these would be a leak. */
const MAX_LISTENERS = 100;
/** Queues work again within two seconds of the server's return; ioredis alone would wait as long to connect. */
const MAX_RECONNECT_DELAY_MS = 500;
/** How often a server that is loading its data is asked whether it is done. */
const LOADING_RETRY_MS = 200;

export interface CatchUpSettings {
  readonly redis: RedisSettings;
  readonly http: HttpSettings;
  readonly shares: TargetShares;
  readonly app: AppSettings;
}

export interface CatchUp {
  /** The app's queues, whichever engine serves them. */
  readonly rollout: Rollout;
  /** The engines by their role, for whoever looks behind the switch. */
  readonly engines: Pick<RolloutOptions, 'target' | 'legacy'>;
  /** Where queues go; starts as the environment has it. */
  readonly flags: SettableFlagSource;
  /** Cache, limits and idempotency. They bear with an HTTP Redis that does not answer, and so does the app. */
  readonly http: HttpServices;
  /** Checks Redis, then takes jobs from all queues. @throws EngineUnavailableError */
  start(): Promise<void>;
  /**
   * Takes no more jobs, waits up to `timeoutMs` for those that run, hands back the rest, and closes every
   * connection.
   */
  close(options: { readonly timeoutMs: number }): Promise<void>;
}

/** What `USE_BULLMQ`, and its variants for single queues, say. @throws InvalidFlagError */
export function readTargetShares(environment: Environment): TargetShares {
  const queues = appQueues.map(({ definition }) => definition.name);
  return parseTargetShares({ variable: 'USE_BULLMQ', queues, environment });
}

/** @throws InvalidSettingsError with all that is wrong */
export function readSettings(environment: Environment): CatchUpSettings {
  return readAll({
    redis: () => readRedisSettings(environment),
    http: () => readHttpSettings(environment),
    shares: () => readTargetShares(environment),
    app: () => readAppSettings(environment),
  });
}

/** Puts the app together. The only place that knows engines by name; whoever removes Bull deletes its line here. */
export async function composeCatchUp(settings: CatchUpSettings, logger: Logger): Promise<CatchUp> {
  const { redis, shares } = settings;
  const { close: closeHttp, ...http } = openHttpServices(settings.http);
  const reportError = (error: Error, context: object = {}) =>
    logger.error({ operation: 'queue', ...context, err: error }, error.message);

  // Queues wait out an outage, so no command ever gives up by itself; engines put limits on their calls.
  const connection = new Redis({
    ...redis,
    maxRetriesPerRequest: null,
    retryStrategy: (retries) => Math.min(50 * retries, MAX_RECONNECT_DELAY_MS),
    maxLoadingRetryTime: LOADING_RETRY_MS,
  });
  connection.setMaxListeners(MAX_LISTENERS);
  // Once for each try to connect; the engines report an outage once.
  connection.on('error', () => undefined);

  const engines: CatchUp['engines'] = {
    target: createBullMqEngine({ connection, reportError }),
    legacy: (await import('@switchyard/queue-bull')).createBullEngine({ connection, reportError }),
  };
  const flags = createFlagSource(shares);
  const queues = appQueues.map(({ definition }) => definition);
  const rollout = createRollout({ ...engines, queues, flags, reportError });
  for (const queue of appQueues) queue.consume(rollout);

  return {
    rollout,
    engines,
    flags,
    http,
    async start() {
      // Not billed, and not waited for: whoever listens learns whether there is an answer.
      http.redis.command(['PING'], { retry: 'none' }).catch(() => undefined);
      await rollout.start();
    },
    async close({ timeoutMs }) {
      const problems: unknown[] = [];
      const step = (closing: Promise<unknown>) => closing.catch((error) => problems.push(error));
      await step(rollout.close({ timeoutMs }));
      await Promise.all(Object.values(engines).map((engine) => step(engine.close({ timeoutMs: 0 }))));
      await step(closeHttp());
      if (connection.status === 'ready') await step(connection.quit());
      else connection.disconnect();
      if (problems.length > 0) throw new AggregateError(problems, 'could not close everything');
    },
  };
}
