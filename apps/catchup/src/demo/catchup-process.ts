// CatchUp as it is, with two things on top for the demo: it can be asked for a change of USE_BULLMQ without a
// restart, and it reports what it does to whoever started it.
import { subscribe } from 'node:diagnostics_channel';
import { JOB_CHANNEL, JOB_STATES, type JobAttempt, type QueueDefinition } from '@switchyard/queue-contract';
import { pino } from 'pino';
import { composeCatchUp, readSettings, readTargetShares, type CatchUp } from '../composition-root.js';
import { appQueues } from '../queues/index.js';
import { shutDownOnSignal } from '../shutdown.js';
import type { CatchUpMessage, CatchUpRequest, ReportedAttempt, ReportedJob } from './catchup-messages.js';
import { startTraffic, type CatchUpTraffic } from './catchup-traffic.js';

const REPORT_EVERY_MS = 100;
const PAGE = 500;

const tell = (message: CatchUpMessage): void => void process.send?.(message);

const settings = readSettings(process.env);
const logger = pino({ level: settings.app.logLevel, base: { service: 'catchup' } }, pino.destination(2));
const app = await composeCatchUp(settings, logger);
process.once('disconnect', () => process.exit(1));
// Ctrl-C reaches the whole process group; whoever started us decides when we end, by SIGTERM.
shutDownOnSignal({
  logger,
  timeoutMs: settings.app.shutdownTimeoutMs,
  signals: ['SIGTERM'],
  close: app.close,
});
process.on('SIGINT', () => undefined);

let attempts: ReportedAttempt[] = [];
subscribe(JOB_CHANNEL, (message) => {
  const { queue, jobId, engine, scheduleId, outcome, durationMs } = message as JobAttempt;
  const startedAtMs = Date.now() - durationMs;
  attempts.push({ queue, jobId, engine, scheduleId, startedAtMs, succeeded: outcome === 'succeeded' });
});
let lastStatus = '';
const report = () => {
  if (attempts.length > 0) tell({ type: 'attempts', attempts });
  attempts = [];
  const queues = app.rollout.status();
  const status = JSON.stringify(queues);
  if (status !== lastStatus) tell({ type: 'status', queues });
  lastStatus = status;
};
setInterval(report, REPORT_EVERY_MS);

let traffic: CatchUpTraffic | undefined;
process.on('message', (message) => {
  const request = message as CatchUpRequest;
  perform(app, request)
    .then((answer) => {
      report();
      tell({ type: 'answer', request: request.request, answer });
    })
    .catch((error: Error) => tell({ type: 'refusal', request: request.request, text: error.message }));
});

await app.start();
tell({ type: 'ready' });

async function perform({ rollout, engines, flags }: CatchUp, asked: CatchUpRequest): Promise<unknown> {
  switch (asked.type) {
    case 'flags':
      flags.set(readTargetShares({ USE_BULLMQ: asked.argument }));
      return null;
    case 'start-adding':
      traffic ??= startTraffic(
        rollout,
        (jobs) => tell({ type: 'accepted', jobs }),
        (error) => tell({ type: 'problem', text: `an add of CatchUp failed: ${error.message}` }),
      );
      return null;
    case 'stop-adding':
      await traffic?.stop();
      return null;
    case 'resume':
      await rollout.queue(definitionOf(asked.argument)).control.resume();
      return null;
    case 'remove-schedules': {
      const { schedules } = rollout.queue(definitionOf(asked.argument));
      const found = await schedules.list();
      for (const { id } of found) await schedules.remove(id);
      return found.length;
    }
    case 'read-stored':
      return readStored(engines);
  }
}

async function readStored(engines: CatchUp['engines']): Promise<ReportedJob[]> {
  const found: ReportedJob[] = [];
  for (const engine of Object.values(engines)) {
    for (const { definition } of appQueues) {
      const { inspector } = engine.queue(definition);
      for (const state of JOB_STATES) {
        for (let offset = 0; ; offset += PAGE) {
          const jobs = await inspector.jobs([state], { offset, limit: PAGE });
          for (const { queue, id, scheduleId } of jobs) {
            found.push({ queue, id, engine: engine.name, state, scheduleId });
          }
          if (jobs.length < PAGE) break;
        }
      }
    }
  }
  return found;
}

function definitionOf(name: string): QueueDefinition {
  const queue = appQueues.find(({ definition }) => definition.name === name);
  if (!queue) throw new Error(`no queue ${name}`);
  return queue.definition;
}
