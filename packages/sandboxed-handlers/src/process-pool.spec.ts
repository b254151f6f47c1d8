import { ClosedError, JobTimeoutError } from '@switchyard/queue-contract';
import { getEventListeners } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../spec-support/eventually.js';
import { isAlive } from '../spec-support/is-alive.js';
import {
  closeSandboxes,
  openSandbox,
  runInSandbox,
  thrownBy,
  type RunSettings,
  type SpecSandbox,
} from '../spec-support/run-in-sandbox.js';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-sandbox-'));
const report = join(folder, 'report');
afterEach(async () => {
  await closeSandboxes();
  rmSync(report, { force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Resolves when the job's handler runs: it logs a line. */
async function startJob(
  sandbox: SpecSandbox,
  data: Parameters<typeof runInSandbox>[1],
  settings: RunSettings = {},
): Promise<{ outcome: Promise<unknown> }> {
  let outcome: Promise<unknown> = Promise.resolve();
  await new Promise<void>((started, reject) => {
    outcome = runInSandbox(sandbox, data, { ...settings, job: { log: async () => started() } });
    outcome.catch(reject);
  });
  return { outcome };
}

describe('a process for each job that runs', () => {
  test('jobs one after another share one process; jobs at once have one each, which stays', async () => {
    const sandbox = await openSandbox();
    const run = () => runInSandbox(sandbox, { deed: 'pid' });
    const [first] = sandbox.processIds;
    expect([await run(), await run(), await run()]).toEqual([first, first, first]);
    const spin = () => runInSandbox(sandbox, { deed: 'spin', forMs: 300 });
    expect(await Promise.all([spin(), spin(), spin()])).toEqual(['dizzy', 'dizzy', 'dizzy']);
    expect(new Set(sandbox.processIds).size).toBe(3);
    expect(new Set(await Promise.all([run(), run(), run()]))).toEqual(new Set(sandbox.processIds));
  });

  test('it starts with as many as it is told', async () => {
    const sandbox = await openSandbox({ processes: 2 });
    expect(sandbox.processIds).toHaveLength(2);
  });

  test('a job that computes without a pause does not hold up this process', async () => {
    const sandbox = await openSandbox();
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 5);
    await runInSandbox(sandbox, { deed: 'spin', forMs: 500 });
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(20);
  });
});

describe('a process that ends', () => {
  const cases = [
    ['process.exit(0)', { deed: 'exit', exitCode: 0 }, { exitCode: 0, exitSignal: null }],
    ['process.exit(3)', { deed: 'exit', exitCode: 3 }, { exitCode: 3, exitSignal: null }],
    ['kill -9', { deed: 'kill' }, { exitCode: null, exitSignal: 'SIGKILL' }],
  ] as const;
  test.each(cases)(
    '[20] %s fails its attempt alone, and the next has a new process',
    async (_, data, how) => {
      const sandbox = await openSandbox({ processes: 2 });
      const before = sandbox.processIds;
      const neighbour = runInSandbox(sandbox, { deed: 'spin', forMs: 300 });
      const error = await thrownBy(runInSandbox(sandbox, data));
      expect(error).toMatchObject({
        name: 'SandboxCrashedError',
        code: 'SWITCHYARD_SANDBOX_CRASHED',
        queue: 'spec',
        jobId: '7',
        ...how,
      });
      expect(await neighbour).toBe('dizzy');
      const spin = () => runInSandbox(sandbox, { deed: 'spin', forMs: 200 });
      expect(await Promise.all([spin(), spin()])).toEqual(['dizzy', 'dizzy']);
      expect(sandbox.processIds).toHaveLength(2);
      expect(sandbox.processIds.filter((pid) => before.includes(pid))).toHaveLength(1);
    },
  );

  test.each([
    ['an error thrown aside', 'throwAside', { message: 'nobody caught me', code: 'E_ASIDE' }],
    ['a rejection nobody awaits', 'rejectAside', { message: 'nobody awaited me' }],
  ])('%s ends it, and is the cause', async (_, deed, cause) => {
    const sandbox = await openSandbox();
    const error = await thrownBy(runInSandbox(sandbox, { deed }));
    expect(error).toMatchObject({ code: 'SWITCHYARD_SANDBOX_CRASHED', exitCode: 1, cause });
    expect((error as Error).message).toContain(cause.message);
    expect(await runInSandbox(sandbox, { deed: 'answer', value: 1 })).toBe(1);
  });

  test('one that is killed while it waits is replaced before the next job', async () => {
    const sandbox = await openSandbox();
    const [pid = 0] = sandbox.processIds;
    process.kill(pid, 'SIGKILL');
    await eventually('it is gone', () => sandbox.processIds.length === 0);
    expect(await runInSandbox(sandbox, { deed: 'pid' })).toBe(sandbox.processIds[0]);
    expect(sandbox.processIds).not.toContain(pid);
  });
});

describe('time-out and abort', () => {
  test('[20] an attempt that times out aborts the signal over there, for the same reason', async () => {
    const sandbox = await openSandbox();
    const attempt = runInSandbox(sandbox, { deed: 'untilAborted', report }, { timeoutMs: 150 });
    expect(await thrownBy(attempt)).toBeInstanceOf(JobTimeoutError);
    // The attempt has failed already; its handler may still be busy with its end.
    await eventually('the handler has seen it', () => existsSync(report));
    expect(JSON.parse(readFileSync(report, 'utf8'))).toEqual([
      'JobTimeoutError',
      'SWITCHYARD_JOB_TIMEOUT',
      'job "7" of queue "spec" took longer than 150 ms',
    ]);
  });

  test('what it tells after that is refused, and does it no harm when it does not wait for the answer', async () => {
    const sandbox = await openSandbox();
    const told: unknown[] = [];
    const tell = async (...args: unknown[]) => void told.push(args);
    const job = { log: tell, updateProgress: tell, updateData: tell };
    const attempt = runInSandbox(sandbox, { deed: 'tellWhenAborted', report }, { timeoutMs: 150, job });
    expect(await thrownBy(attempt)).toBeInstanceOf(JobTimeoutError);
    const [pid] = sandbox.processIds;
    await eventually(
      'its process has ended or gone on',
      () => sandbox.processIds.length === 0 || existsSync(report),
    );
    expect([sandbox.processIds, told]).toEqual([[pid], []]);
  });

  test('a handler that heeds its abort keeps its process', async () => {
    const sandbox = await openSandbox();
    const controller = new AbortController();
    const data = { deed: 'untilAborted', report };
    const { outcome } = await startJob(sandbox, data, { signal: controller.signal });
    controller.abort(new Error('enough'));
    expect(await thrownBy(outcome)).toMatchObject({ message: 'stopped in peace' });
    expect([await runInSandbox(sandbox, { deed: 'pid' })]).toEqual(sandbox.processIds);
  });

  test.each([
    ['ignores its abort', { deed: 'ignoreAbort' }],
    ['computes without a pause', { deed: 'spin', forMs: 60_000 }],
  ])('[20] a handler that %s is killed after the grace', async (_, data) => {
    const sandbox = await openSandbox({ graceMs: 100 });
    const controller = new AbortController();
    const { outcome } = await startJob(sandbox, data, { signal: controller.signal });
    const [pid = 0] = sandbox.processIds;
    controller.abort(new Error('enough'));
    expect(await thrownBy(outcome)).toMatchObject({
      name: 'SandboxKilledError',
      code: 'SWITCHYARD_SANDBOX_KILLED',
      queue: 'spec',
      jobId: '7',
      graceMs: 100,
      cause: { message: 'enough' },
    });
    expect(isAlive(pid)).toBe(false);
    expect(await runInSandbox(sandbox, { deed: 'answer', value: 1 })).toBe(1);
  });

  test('processes that stood in for handlers which went on after their abort end with those', async () => {
    const sandbox = await openSandbox();
    const outcomes: Promise<unknown>[] = [];
    for (let run = 0; run < 3; run++) {
      const controller = new AbortController();
      const data = { deed: 'spin', forMs: 2000 };
      outcomes.push((await startJob(sandbox, data, { signal: controller.signal })).outcome);
      controller.abort(new Error('enough'));
    }
    expect(sandbox.processIds.length).toBeGreaterThan(1);
    await Promise.all(outcomes);
    await eventually('one is left', () => sandbox.processIds.length === 1);
    expect([await runInSandbox(sandbox, { deed: 'pid' })]).toEqual(sandbox.processIds);
  });

  test('as many stay as have run at once', async () => {
    const sandbox = await openSandbox();
    const spin = (timeoutMs?: number) =>
      runInSandbox(sandbox, { deed: 'spin', forMs: 700 }, timeoutMs === undefined ? {} : { timeoutMs });
    const aborted = thrownBy(spin(50));
    expect(await Promise.all([aborted, spin()])).toEqual([expect.any(JobTimeoutError), 'dizzy']);
    // The first counted until it was aborted.
    const pids = sandbox.processIds;
    expect(pids).toHaveLength(2);
    expect(await Promise.all([spin(), spin()])).toEqual(['dizzy', 'dizzy']);
    expect(sandbox.processIds).toEqual(pids);
  });

  test('a signal that jobs share has no listener left when they have ended', async () => {
    const sandbox = await openSandbox();
    const { signal } = new AbortController();
    const run = () => runInSandbox(sandbox, { deed: 'pid' }, { signal });
    await Promise.all([run(), run()]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('a job whose signal was aborted before does not start', async () => {
    const sandbox = await openSandbox();
    const signal = AbortSignal.abort(new Error('too late'));
    const attempt = runInSandbox(sandbox, { deed: 'exit', exitCode: 1 }, { signal });
    expect(await thrownBy(attempt)).toMatchObject({ message: 'too late' });
    expect(sandbox.processIds).toHaveLength(1);
  });
});

describe('close', () => {
  test('waits for the jobs that run, ends every process, and refuses what comes later', async () => {
    const sandbox = await openSandbox({ processes: 2 });
    const pids = sandbox.processIds;
    const { outcome } = await startJob(sandbox, { deed: 'spin', forMs: 300 });
    await Promise.all([sandbox.close(), sandbox.close()]);
    expect(await outcome).toBe('dizzy');
    expect(sandbox.processIds).toEqual([]);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await thrownBy(runInSandbox(sandbox, { deed: 'pid' }))).toBeInstanceOf(ClosedError);
  });

  test('with a limit that no timer holds waits for what runs', async () => {
    const sandbox = await openSandbox({ graceMs: 50 });
    const { outcome } = await startJob(sandbox, { deed: 'spin', forMs: 500 });
    await sandbox.close({ timeoutMs: Infinity });
    expect(await outcome).toBe('dizzy');
  });

  test('with a limit aborts what still runs, and kills it after the grace; a second close can set one', async () => {
    const sandbox = await openSandbox({ graceMs: 100 });
    const pids = sandbox.processIds;
    const { outcome } = await startJob(sandbox, { deed: 'ignoreAbort' });
    const failure = thrownBy(outcome);
    const patient = sandbox.close();
    await sandbox.close({ timeoutMs: 50 });
    await patient;
    expect(await failure).toMatchObject({
      code: 'SWITCHYARD_SANDBOX_KILLED',
      cause: expect.any(ClosedError),
    });
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test("waits for the file's own close", async () => {
    const sandbox = await openSandbox({ env: { ...process.env, SPEC_CLOSE_REPORT: report } });
    await sandbox.close();
    expect(readFileSync(report, 'utf8')).toBe('closed');
  });

  test("waits no longer than the grace for the file's own close", async () => {
    const env = { ...process.env, SPEC_CLOSE_REPORT: report, SPEC_CLOSE_TAKES_MS: '60000' };
    const sandbox = await openSandbox({ env, graceMs: 1000 });
    await sandbox.close();
    expect(readFileSync(report, 'utf8')).toBe('closing');
    expect(sandbox.processIds).toEqual([]);
  });
});
