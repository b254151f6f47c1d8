// What a process costs, for the README:
//   node --conditions=@switchyard/source --import=../../tools/ci/start-typescript.mjs spec-child/measure-cost.mjs
import { execFileSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { startSandbox } from '../src/index.ts';

const anything = { '~standard': { version: 1, vendor: 'measure', validate: (value) => ({ value }) } };
const definition = { name: 'measure', tier: 'medium', jobs: { work: anything } };
const file = new URL('./exports/default-function.mjs', import.meta.url);
const options = { execArgv: [] };

/** Median, after a few that do not count, in ms. */
async function medianMs(times, step) {
  const took = [];
  for (let n = -3; n < times; n++) {
    const start = performance.now();
    await step();
    if (n >= 0) took.push(performance.now() - start);
  }
  return took.sort((a, b) => a - b)[Math.floor(times / 2)];
}

const bareStartMs = await medianMs(20, () => execFileSync(process.execPath, ['--eval', '']));
const started = [];
const startMs = await medianMs(20, async () => started.push(await startSandbox(definition, file, options)));
const [first, ...others] = started;
const stopMs = await medianMs(others.length - 3, () => others.pop().close());
const residentKiB = execFileSync('ps', ['-o', 'rss=', '-p', String(first.processIds[0])]).toString();

const job = {
  id: '1',
  name: 'work',
  queue: 'measure',
  engine: 'none',
  attempt: 1,
  attempts: 1,
  createdAtMs: 0,
};
const { signal } = new globalThis.AbortController();
const run = (data) => () => first.handlers.work({ ...job, scheduleId: null, data, signal });
const jobMs = await medianMs(2000, run({ userId: 'u1' }));
const largeJobMs = await medianMs(50, run({ text: 'x'.repeat(2 ** 20) }));
await first.close();

const shown = { bareStartMs, startMs, stopMs, residentMiB: Number(residentKiB) / 1024, jobMs, largeJobMs };
for (const [what, value] of Object.entries(shown)) process.stdout.write(`${what} ${value.toFixed(2)}\n`);
