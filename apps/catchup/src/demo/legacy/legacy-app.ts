// CatchUp as it was before: 11 queues and their workers on Bull, with Bull's defaults, in one process.
// Written with `bull` alone; it knows nothing of what is going to happen to its queues.
import Bull from 'bull';
import { traffic } from '../traffic.js';
import { onStop, tell } from './messages.js';

const redisUrl = process.env.REDIS_URL ?? '';

const queues = traffic.map(({ name, jobNames, concurrency }) => {
  const queue = new Bull(name, redisUrl);
  queue.on('error', (error) => process.stderr.write(`${name}: ${error.message}\n`));
  const handler = async (job: Bull.Job<{ userId?: string }>) => ({ ranFor: job.data.userId ?? null });
  // Bull adds up the concurrency of named processors, so all but the first come for nothing.
  jobNames.forEach((jobName, index) => {
    const handled = queue.process(jobName ?? '__default__', index === 0 ? concurrency : 0, handler);
    handled.catch((error: Error) => process.stderr.write(`${name}: ${error.message}\n`));
  });
  return queue;
});

await Promise.all(queues.map((queue) => queue.isReady()));
onStop(() => Promise.all(queues.map((queue) => queue.close())));
tell({ type: 'ready' });
