import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { hasBull } from './optional-bull.js';
import type { Report } from './report.js';

const PROGRAM = fileURLToPath(new URL('../dist/main.js', import.meta.url));

async function bench(...args: string[]) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, ...output };
}

describe('npm run bench', () => {
  it('measures every contender in a quick run, prints one JSON document and judges nothing', async () => {
    const { exitCode, stdout, stderr } = await bench('queues', '--quick', '--json');
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}\n${stderr}`);
    const report = JSON.parse(stdout) as Report;
    const figuresOf = (name: string) => report.cases.find((one) => one.name === name)?.figures;

    expect(report.contenders).toHaveLength(hasBull() ? 4 : 3);
    expect(report).toMatchObject({ benchmark: 'queues', quick: true, baseline: 'bullmq-options' });
    expect(Object.keys(report.versions)).toEqual([
      'node',
      'redis',
      ...(hasBull() ? ['bull'] : []),
      'bullmq',
      'ioredis',
    ]);
    expect(report.limits.every(({ holds }) => holds === null)).toBe(true);
    // Counts are exact in a quick run as well.
    expect(figuresOf('connections')).toEqual({
      ...(hasBull() && { bull: 33 }),
      'bullmq-options': 33,
      'bullmq-shared': 12,
      ours: 2,
    });
    expect(figuresOf('connections-with-events')).toEqual({
      ...(hasBull() && { bull: 33 }),
      'bullmq-options': 44,
      'bullmq-shared': 23,
      ours: 3,
    });
    expect(figuresOf('sparse-sent')).toMatchObject({ 'bullmq-options': 6, 'bullmq-shared': 6 });
    expect(figuresOf('sparse-billed')).toMatchObject({ 'bullmq-options': 53, 'bullmq-shared': 53 });
    // Stock BullMQ looks again every 5 s; the other process was last looking about a second before.
    for (const name of ['marker-lost', 'timer-lost']) {
      expect(figuresOf(name)).toEqual({ 'bullmq-options': expect.any(Number) });
      expect(figuresOf(name)?.['bullmq-options']).toBeGreaterThan(0.5);
    }
    for (const name of ['jobs-per-second-1', 'jobs-per-second-10', 'add-p95', 'sparse-latency-p95']) {
      const figures = Object.values(figuresOf(name) ?? {});
      expect(figures).toHaveLength(report.contenders.length);
      expect(Math.min(...figures)).toBeGreaterThan(0);
    }
  }, 240_000);

  it('takes apps through restarts and broken connections without losing or doubling a job', async () => {
    const { exitCode, stdout, stderr } = await bench('outages', '--quick', '--json');
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}\n${stderr}`);
    const report = JSON.parse(stdout) as Report;
    const apps = hasBull() ? ['bullmq', 'bull', 'rollout'] : ['bullmq'];
    const expectOfAll = (name: string, value: unknown) => {
      const figures = report.cases.find((one) => one.name === name)?.figures;
      expect({ name, figures }).toEqual({
        name,
        figures: Object.fromEntries(apps.map((app) => [app, value])),
      });
    };
    const atMost = (limit: number) => ({ asymmetricMatch: (value: unknown) => Number(value) <= limit });
    expectOfAll('restarts', 3);
    expectOfAll('cuts', 3);
    for (const name of ['lost', 'doubled', 'unfinished', 'connections-more']) expectOfAll(name, 0);
    for (const name of ['listeners-more', 'sockets-more']) expectOfAll(name, 0);
    expectOfAll('reports-max', atMost(2));
    // Two seconds on a machine that does nothing else.
    expectOfAll('all-max', atMost(10_000));
    const connections = report.cases.find(({ name }) => name === 'connections')?.figures;
    expect(connections).toMatchObject({ bullmq: 3 });
    const atEnd = report.cases.find(({ name }) => name === 'connections-end')?.figures;
    expect(atEnd).toMatchObject(hasBull() ? { bullmq: 3, rollout: 3 } : { bullmq: 3 });
  }, 240_000);

  it('does every job of three processes once', async () => {
    const { exitCode, stdout, stderr } = await bench('load', '--quick', '--json');
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}\n${stderr}`);
    const { cases } = JSON.parse(stdout) as Report;
    const figures = Object.fromEntries(cases.map((one) => [one.name, one.figures.rollout]));
    expect(figures).toMatchObject({
      burst: 3300,
      lost: 0,
      refused: 0,
      doubled: 0,
      unfinished: 0,
      connections: 2,
      reports: 0,
    });
    expect(figures.added).toBeGreaterThan(3300);
  }, 240_000);

  it('counts what the packages on HTTP Redis cost, and what their peers do', async () => {
    const { exitCode, stdout, stderr } = await bench('http', '--quick', '--json');
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}\n${stderr}`);
    const report = JSON.parse(stdout) as Report;
    const figuresOf = (name: string) => report.cases.find((one) => one.name === name)?.figures;
    const peers = ['@upstash/redis', '@upstash/ratelimit', 'bentocache', 'ioredis'];

    expect(report).toMatchObject({ benchmark: 'http', quick: true, baseline: 'sdk' });
    expect(Object.keys(report.versions)).toEqual(['node', 'redis', ...peers]);
    expect(report.limits.every(({ holds, value }) => holds === null && value !== undefined)).toBe(true);
    expect(figuresOf('connections')).toEqual({
      sdk: 0,
      ours: 0,
      ratelimit: 0,
      'four-calls': 0,
      bentocache: 1,
    });
    // Counts are exact in a quick run as well: 50 checks of one key.
    expect(figuresOf('sliding-billed')).toEqual({ ours: 3.02, ratelimit: 4.02, 'four-calls': 4 });
    expect(figuresOf('fixed-billed')).toEqual({ ratelimit: 2.02 });
    expect(figuresOf('two-limits-billed')).toEqual({ ours: 5.04, ratelimit: 8.04, 'four-calls': 8 });
    expect(figuresOf('two-limits-round-trips')).toEqual({ ours: 1, ratelimit: 1, 'four-calls': 4 });
    expect(figuresOf('rejected-billed')).toMatchObject({ ratelimit: 0.03, 'four-calls': 4 });
    expect(figuresOf('rejected-billed')?.ours).toBeLessThanOrEqual(0.05);
    expect(figuresOf('read-memory-billed')).toEqual({ ours: 0, bentocache: 0 });
    expect(figuresOf('read-redis-billed')).toEqual({ sdk: 1, ours: 1, bentocache: 1 });
    expect(figuresOf('read-miss-billed')).toEqual({ sdk: 2, ours: 2, bentocache: 2 });
    expect(figuresOf('once-billed')).toEqual({ sdk: 2, ours: 4 });
    expect(figuresOf('stampede-fetches')).toEqual({ sdk: 1000, ours: 1, bentocache: 1 });
    expect(figuresOf('get-round-trips-50')).toEqual({ sdk: 0.02, ours: 0.02 });
    for (const name of ['race-sliding-window', 'race-lease-window', 'race-asking-sliding-window']) {
      expect(figuresOf(name)?.ours).toBeLessThanOrEqual(20);
      expect(figuresOf(name)?.ours).toBeGreaterThan(0);
    }
    for (const name of ['get-p50-0ms', 'sliding-p95-20ms', 'once-per-second-50-20ms']) {
      const figures = Object.values(figuresOf(name) ?? {});
      expect(figures.length).toBeGreaterThan(1);
      expect(Math.min(...figures)).toBeGreaterThan(0);
    }
  }, 240_000);

  it.each([[['nope']], [['queues', '--nope']], [[]]])('refuses %j with exit code 2', async (args) => {
    const { exitCode, stdout, stderr } = await bench(...args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/Benchmarks:\n {2}queues .*\n {2}outages .*\n {2}load .*\n {2}http /);
    expect(stderr).not.toContain('    at ');
  });
});
