// What the specs run in a sandbox; the data says what to do.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

class Refusal extends TypeError {
  name = 'Refusal';
}

const deeds = {
  pid: () => process.pid,
  fields: ({ updateProgress, log, signal, ...fields }) => ({
    ...fields,
    functions: [typeof updateProgress, typeof log],
    isSignal: signal instanceof globalThis.AbortSignal && !signal.aborted,
  }),
  /** How the parsed payload looks over here. */
  kinds: ({ data }) => [
    data.value.at instanceof Date && data.value.at.toISOString(),
    data.value.tags instanceof Map && [...data.value.tags],
    typeof data.value.big,
    data.value.bytes instanceof Uint8Array && [...data.value.bytes],
    'missing' in data.value && data.value.missing === undefined,
  ],
  answer: ({ data }) => data.value,
  answerDate: () => ({ at: new Date(0), left: undefined, toJSON: undefined }),
  answerFunction: () => () => 1,
  answerBigInt: () => 10n,
  answerCircle() {
    const circle = {};
    return (circle.self = circle);
  },
  async tell({ data, log, updateProgress }) {
    for (const value of data.values) await updateProgress(value);
    await log('first');
    await log('zweite Zeile ✓');
  },
  async change({ data, updateData }) {
    for (const value of [...data.values, undefined]) await updateData(value);
  },
  /** Answers what the parent's refusal looks like. */
  async tellRefused({ log }) {
    try {
      await log('x');
    } catch (error) {
      return [error instanceof Error, error.message, error.code];
    }
  },
  tellLate({ log, updateProgress }) {
    setTimeout(() => {
      void log('too late');
      void updateProgress('too late');
    }, 20);
  },
  throwRich() {
    const error = new Refusal('no', { cause: new RangeError('deeper', { cause: 'text' }) });
    throw Object.assign(error, { code: 'E_NO', status: 403, retry: { afterMs: 5 }, send: () => 1 });
  },
  throwCircle() {
    const error = new Error('round');
    throw Object.assign(error, { cause: error });
  },
  throwMany() {
    throw new AggregateError([new TypeError('one'), 'two'], 'many');
  },
  throwCode: ({ data }) => {
    throw Object.assign(new Error('for good'), { code: data.code, queue: 'q' });
  },
  throwValue: ({ data }) => {
    throw data.value;
  },
  throwSymbol() {
    throw Symbol('sign');
  },
  async untilAborted({ data, signal, log }) {
    await log('started');
    await sleep(60_000, undefined, { signal }).catch(() => {});
    // All at once for who reads it as soon as it is there.
    const { name, code, message } = signal.reason;
    writeFileSync(`${data.report}.new`, JSON.stringify([name, code, message]));
    renameSync(`${data.report}.new`, data.report);
    throw new Error('stopped in peace');
  },
  /** Does not wait for the answers. */
  async tellWhenAborted({ data, signal, log, updateProgress, updateData }) {
    await sleep(60_000, undefined, { signal }).catch(() => {});
    void log('late');
    void updateProgress('late');
    void updateData('late');
    await sleep(200);
    writeFileSync(data.report, 'went on');
  },
  async ignoreAbort({ log }) {
    await log('started');
    await sleep(60_000);
  },
  async spin({ data, log }) {
    await log(`spinning ${process.pid}`);
    if (data.report) writeFileSync(data.report, '');
    const end = performance.now() + data.forMs;
    while (performance.now() < end);
    return 'dizzy';
  },
  exit: ({ data }) => process.exit(data.exitCode),
  kill: () => process.kill(process.pid, 'SIGKILL').valueOf() && sleep(60_000),
  eatMemory() {
    const eaten = [];
    for (;;) eaten.push(new Array(1e6).fill(eaten.length));
  },
  async throwAside() {
    setTimeout(() => {
      throw Object.assign(new Error('nobody caught me'), { code: 'E_ASIDE' });
    });
    await sleep(60_000);
  },
  async rejectAside() {
    void Promise.reject(new Error('nobody awaited me'));
    await sleep(60_000);
  },
  async ignoreSignals() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(process.pid, signal);
    await sleep(50);
    return 'still here';
  },
  chat: () => new Promise((resolve) => process.send('something of its own', () => resolve('sent'))),
  environment: ({ data }) => [process.env[data.variable] ?? null, process.execArgv, process.argv.slice(2)],
  stdin: () => readFileSync(0, 'utf8'),
};

export const handlers = {
  work: (job) => deeds[job.data.deed](job),
  other: () => 'other',
};

/** Runs when the sandbox is closed. */
export async function close() {
  if (!process.env.SPEC_CLOSE_REPORT) return;
  writeFileSync(process.env.SPEC_CLOSE_REPORT, 'closing');
  await sleep(Number(process.env.SPEC_CLOSE_TAKES_MS ?? 20));
  writeFileSync(process.env.SPEC_CLOSE_REPORT, 'closed');
}
