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
  }, 120_000);

  it.each([[['nope']], [['queues', '--nope']], [[]]])('refuses %j with exit code 2', async (args) => {
    const { exitCode, stdout, stderr } = await bench(...args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Benchmarks:\n  queues');
    expect(stderr).not.toContain('    at ');
  });
});
