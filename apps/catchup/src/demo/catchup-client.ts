import type { HttpRedisSettings } from '@switchyard/http-redis';
import type { QueueStatus } from '@switchyard/queue-rollout';
import type { AcceptedJob } from './account.js';
import { createAsking, type Asking } from './asking.js';
import type { CatchUpMessage, CatchUpRequests, ReportedAttempt } from './catchup-messages.js';
import { startChild } from './child-process.js';

export interface CatchUpOptions {
  readonly redisUrl: string;
  readonly httpRedis: HttpRedisSettings;
  onAccepted(jobs: readonly AcceptedJob[]): void;
  onAttempts(attempts: readonly ReportedAttempt[]): void;
  onStatus(queues: readonly QueueStatus[]): void;
  onProblem(text: string): void;
  onUnexpectedExit(error: Error): void;
}

/** CatchUp in a process of its own. */
export interface CatchUpClient extends Pick<Asking<CatchUpRequests>, 'ask'> {
  /** Resolves when it works on its queues. */
  readonly ready: Promise<void>;
  stop(how: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts CatchUp with all of its queues on Bull. */
export function startCatchUp(options: CatchUpOptions): CatchUpClient {
  let markReady!: () => void;
  const ready = new Promise<void>((resolve) => (markReady = resolve));

  const child = startChild<CatchUpMessage>({
    script: './catchup-process.js',
    environment: {
      REDIS_URL: options.redisUrl,
      UPSTASH_REDIS_REST_URL: options.httpRedis.url,
      UPSTASH_REDIS_REST_TOKEN: options.httpRedis.token,
      USE_BULLMQ: 'false',
      LOG_LEVEL: 'error',
      NODE_ENV: 'development',
    },
    onUnexpectedExit(error) {
      asking.fail(error);
      options.onUnexpectedExit(error);
    },
    onMessage(message) {
      if (message.type === 'ready') markReady();
      else if (message.type === 'accepted') options.onAccepted(message.jobs);
      else if (message.type === 'attempts') options.onAttempts(message.attempts);
      else if (message.type === 'status') options.onStatus(message.queues);
      else if (message.type === 'problem') options.onProblem(message.text);
      else asking.settle(message);
    },
  });
  const asking = createAsking<CatchUpRequests>(child.send);
  return { ready, ask: asking.ask, stop: (how) => child.stop(how) };
}
