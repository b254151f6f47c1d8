import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a worker on plain Bull in a process of its own, until it has taken as many jobs as it runs at a time, and ends
 * it with `kill -9` in the middle of them; answers their ids.
 *
 * @param module `bull` or `bull-3`
 */
export async function killPlainWorker(
  module: string,
  url: string,
  { queue, prefix = 'bull', concurrency = 1 }: { queue: string; prefix?: string; concurrency?: number },
): Promise<readonly string[]> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    // From here the module is found.
    cwd: process.cwd(),
    env: {
      ...process.env,
      BULL: module,
      URL: url,
      QUEUE: queue,
      PREFIX: prefix,
      CONCURRENCY: String(concurrency),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += String(chunk);
    if (printed.split('\n').length > concurrency) break;
  }
  child.kill('SIGKILL');
  await ended;
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string);
}

const PROGRAM = `
const { BULL, URL, QUEUE, PREFIX, CONCURRENCY } = process.env;
const { default: Bull } = await import(BULL);
const settings = { lockDuration: 1000, stalledInterval: 1000 };
const queue = new Bull(QUEUE, URL, { prefix: PREFIX, settings });
queue.process('*', Number(CONCURRENCY), (job) => {
  process.stdout.write(JSON.stringify(String(job.id)) + '\\n');
  return new Promise(() => {});
});
`;
