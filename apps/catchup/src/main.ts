// Starts CatchUp: a process that works on all 11 queues until it is told to stop.
import { pino } from 'pino';
import { composeCatchUp, readSettings } from './composition-root.js';
import { logHttpRedis } from './http-redis-log.js';
import { logJobs } from './job-log.js';
import { shutDownOnSignal } from './shutdown.js';

let isShuttingDown = () => false;
try {
  const settings = readSettings(process.env);
  const { logLevel, shutdownTimeoutMs } = settings.app;
  const logger = pino({
    level: logLevel,
    base: { service: 'catchup' },
    timestamp: pino.stdTimeFunctions.isoTime,
    // What Redis refused: of a login that is the password, of other commands what users wrote.
    redact: ['err.command.args', 'err.lastNodeError.command.args'],
  });
  const app = await composeCatchUp(settings, logger);
  isShuttingDown = shutDownOnSignal({ logger, timeoutMs: shutdownTimeoutMs, close: app.close });
  logJobs(logger);
  logHttpRedis(app.http.redis, logger);
  logger.info({ operation: 'starting', pid: process.pid }, 'CatchUp starts');
  await app.start();
  if (!isShuttingDown()) {
    logger.info({ operation: 'start', queues: app.rollout.status() }, 'CatchUp works on its queues');
  }
} catch (error) {
  // A start that was called off ends as a shutdown does.
  if (!isShuttingDown()) refuse(error as Error & { readonly code?: unknown });
}

/** Whoever deploys this reads one line; only a defect of the app itself is worth a stack. */
function refuse({ code, message, stack }: Error & { readonly code?: unknown }): void {
  process.stderr.write(`CatchUp cannot start: ${typeof code === 'string' ? message : stack}\n`);
  process.exit(1);
}
