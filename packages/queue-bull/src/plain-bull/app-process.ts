// An app written with `bull` alone, in a process of its own. Whoever starts it says over IPC which queues it has and
// what it adds to them; it knows nothing of what happens to its queues. Nobody imports this: it is started by its path
// and goes with this folder, and whoever starts it declares the messages for itself.
import Bull from 'bull';

interface Requests {
  /** Answers when the queues are connected. A concurrency of 0 makes no worker. */
  readonly open: {
    readonly connectionName?: string;
    readonly queues: readonly {
      readonly name: string;
      readonly concurrency: number;
      readonly jobNames: readonly (string | null)[];
    }[];
  };
  /** Adds one after another, as a loop in an app does, and answers their ids. `null` is Bull's job without a name. */
  readonly add: {
    readonly queue: string;
    readonly jobs: readonly {
      readonly name: string | null;
      readonly data: unknown;
      readonly options: Bull.JobOptions;
    }[];
  };
  readonly pause: string;
}

type Request = {
  readonly [T in keyof Requests]: {
    readonly request: number;
    readonly type: T;
    readonly argument: Requests[T];
  };
}[keyof Requests];

const redisUrl = process.env.REDIS_URL ?? '';
const queues = new Map<string, Bull.Queue>();

process.on('message', (message: Request | { readonly type: 'stop' }) => {
  if (message.type === 'stop') return void close();
  const { request } = message;
  perform(message)
    .then((answer) => process.send?.({ type: 'answer', request, answer }))
    .catch((error: Error) => process.send?.({ type: 'refusal', request, text: error.message }));
});
// Without whoever started it the process has no reason to live.
process.once('disconnect', () => process.exit());
// Ctrl-C reaches the whole process group; whoever started it decides when it ends.
process.on('SIGINT', () => undefined);

async function perform(asked: Request): Promise<unknown> {
  switch (asked.type) {
    case 'open':
      await open(asked.argument);
      return null;
    case 'add': {
      const queue = queueNamed(asked.argument.queue);
      const ids: string[] = [];
      for (const { name, data, options } of asked.argument.jobs) {
        const job = await (name === null ? queue.add(data, options) : queue.add(name, data, options));
        ids.push(String(job.id));
      }
      return ids;
    }
    case 'pause':
      await queueNamed(asked.argument).pause();
      return null;
  }
}

async function open({ connectionName, queues: wanted }: Requests['open']): Promise<void> {
  for (const { name, concurrency, jobNames } of wanted) {
    const queue = new Bull(name, redisUrl, connectionName === undefined ? {} : { redis: { connectionName } });
    queue.on('error', (error) => process.stderr.write(`${name}: ${error.message}\n`));
    if (concurrency > 0) work(queue, concurrency, jobNames);
    queues.set(name, queue);
  }
  await Promise.all([...queues.values()].map((queue) => queue.isReady()));
}

/** Bull adds up the concurrency of named processors, so all but the first come for nothing. */
function work(queue: Bull.Queue, concurrency: number, jobNames: readonly (string | null)[]): void {
  const handler = async (job: Bull.Job<{ userId?: string }>) => ({ ranFor: job.data.userId ?? null });
  jobNames.forEach((jobName, index) => {
    const handled = queue.process(jobName ?? '__default__', index === 0 ? concurrency : 0, handler);
    handled.catch((error: Error) => process.stderr.write(`${queue.name}: ${error.message}\n`));
  });
}

async function close(): Promise<void> {
  await Promise.all([...queues.values()].map((queue) => queue.close()));
  process.disconnect();
}

function queueNamed(name: string): Bull.Queue {
  const queue = queues.get(name);
  if (!queue) throw new Error(`no queue ${name}`);
  return queue;
}
