import type { QueueStatus } from '@switchyard/queue-rollout';
import type { AcceptedJob } from './account.js';
import type { CatchUpMessage, CatchUpRequests, ReportedAttempt } from './catchup-messages.js';
import { startChild } from './child-process.js';

export interface CatchUpOptions {
  readonly redisUrl: string;
  onAccepted(jobs: readonly AcceptedJob[]): void;
  onAttempts(attempts: readonly ReportedAttempt[]): void;
  onStatus(queues: readonly QueueStatus[]): void;
  onProblem(text: string): void;
  onUnexpectedExit(error: Error): void;
}

/** CatchUp in a process of its own. */
export interface CatchUpClient {
  /** Resolves when it works on its queues. */
  readonly ready: Promise<void>;
  ask<T extends keyof CatchUpRequests>(
    type: T,
    argument: CatchUpRequests[T]['argument'],
  ): Promise<CatchUpRequests[T]['answer']>;
  stop(how: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

interface Pending {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** Starts CatchUp with all of its queues on Bull. */
export function startCatchUp(options: CatchUpOptions): CatchUpClient {
  const pending = new Map<number, Pending>();
  let requests = 0;
  let markReady!: () => void;
  const ready = new Promise<void>((resolve) => (markReady = resolve));

  const settle = (request: number, how: (waiting: Pending) => void) => {
    const waiting = pending.get(request);
    pending.delete(request);
    if (waiting) how(waiting);
  };
  const child = startChild<CatchUpMessage>({
    script: './catchup-process.js',
    environment: { REDIS_URL: options.redisUrl, USE_BULLMQ: 'false', LOG_LEVEL: 'error' },
    onUnexpectedExit(error) {
      for (const waiting of pending.values()) waiting.reject(error);
      options.onUnexpectedExit(error);
    },
    onMessage(message) {
      if (message.type === 'ready') markReady();
      else if (message.type === 'accepted') options.onAccepted(message.jobs);
      else if (message.type === 'attempts') options.onAttempts(message.attempts);
      else if (message.type === 'status') options.onStatus(message.queues);
      else if (message.type === 'problem') options.onProblem(message.text);
      else if (message.type === 'answer') settle(message.request, ({ resolve }) => resolve(message.answer));
      else settle(message.request, ({ reject }) => reject(new Error(message.text)));
    },
  });
  return {
    ready,
    ask: (type, argument) =>
      new Promise((resolve, reject) => {
        const request = ++requests;
        pending.set(request, { resolve: resolve as Pending['resolve'], reject });
        child.send({ request, type, argument });
      }),
    stop: (how) => child.stop(how),
  };
}
