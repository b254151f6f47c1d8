// The handlers that the sandbox cases run in processes of their own: plain JavaScript, which Node runs as it is.
import { renameSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const deeds = {
  introduce: ({ updateProgress: _, log: __, signal: ___, ...fields }) => ({ ...fields, pid: process.pid }),
  answer: ({ data }) => data.results[data.n],
  answerCircle() {
    const circle = {};
    return (circle.self = circle);
  },
  async tell({ updateProgress, log }) {
    await updateProgress(10);
    await log('first line');
    await updateProgress({ step: 'half', at: 0.5 });
    await log('zweite Zeile ✓');
  },
  async changeOnce({ attempt, data, updateData }) {
    if (attempt > 1) return data.step;
    await updateData({ ...data, step: 2 });
    throw new Error('once more from there');
  },
  failOnce({ attempt }) {
    if (attempt === 1) throw Object.assign(new TypeError('no luck'), { code: 'E_LUCK', status: 503 });
    return 'lucky';
  },
  throwText() {
    throw 'text';
  },
  failForGood() {
    throw Object.assign(new Error('for good'), { code: 'SWITCHYARD_UNRECOVERABLE' });
  },
  async stopWhenAborted({ data, signal }) {
    await sleep(60_000, undefined, { signal }).catch(() => {});
    // All at once for who reads it as soon as it is there.
    writeFileSync(`${data.report}.new`, `aborted by ${signal.reason.name}`);
    renameSync(`${data.report}.new`, data.report);
  },
  async goOnOnce({ attempt, log }) {
    if (attempt > 1) return 'in time';
    await log(String(process.pid));
    compute(60_000);
  },
  exitOnce({ attempt }) {
    if (attempt === 1) process.exit(0);
    return 'survived';
  },
  async killOnce({ attempt }) {
    if (attempt > 1) return 'survived';
    process.kill(process.pid, 'SIGKILL');
    await sleep(60_000);
  },
  rest: ({ data }) => sleep(data.forMs, process.pid),
  compute({ data }) {
    compute(data.forMs);
    return 'computed';
  },
};

function compute(forMs) {
  const end = performance.now() + forMs;
  while (performance.now() < end);
}

const handle = (job) => deeds[job.data.deed](job);

export const handlers = { work: handle, other: handle };
