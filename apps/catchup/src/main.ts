// Starts CatchUp: a process that works on all 11 queues until it is told to stop.
import { pino } from 'pino';
import { composeCatchUp, readSettings } from './composition-root.js';
import { logJobs } from './job-log.js';
import { shutDownOnSignal } from './shutdown.js';

try {
  const settings = readSettings(process.env);
  const { logLevel, shutdownTimeoutMs } = settings.app;
  const logger = pino({
    level: logLevel,
    base: { service: 'catchup' },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
  const app = await composeCatchUp(settings, logger);
  shutDownOnSignal({ logger, timeoutMs: shutdownTimeoutMs, close: (options) => app.close(options) });
  logJobs(logger);
  await app.start();
  logger.info({ operation: 'start', queues: app.rollout.status() }, 'CatchUp works on its queues');
} catch (error) {
  // Whoever deploys this reads one line; only a defect of the app itself is worth a stack.
  const { code, message, stack } = error as Error & { code?: unknown };
  process.stderr.write(`CatchUp cannot start: ${typeof code === 'string' ? message : stack}\n`);
  process.exit(1);
}
