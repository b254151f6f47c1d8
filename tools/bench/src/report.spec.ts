import type { BenchmarkResult, Limit } from './benchmark.js';
import { allHold, makeReport, toCheckText, toJson, toText } from './report.js';

const atMostTwo: Limit = {
  name: 'connections',
  unit: '',
  comparison: '<=',
  limit: 2,
  value: 2,
  quietMachineOnly: false,
};
const atLeastMost: Limit = {
  name: 'jobs/s',
  unit: '× stock',
  comparison: '>=',
  limit: 0.95,
  value: 0.95,
  quietMachineOnly: true,
};

function report(limits: readonly Limit[], quick = false) {
  const result: BenchmarkResult = {
    contenders: [
      { id: 'stock', title: 'Stock' },
      { id: 'ours', title: 'Ours' },
    ],
    baseline: 'stock',
    cases: [
      {
        name: 'connections',
        title: 'connections',
        unit: '',
        quietMachineOnly: false,
        figures: { stock: 33, ours: 2 },
        ratios: { stock: 1, ours: 2 / 33 },
      },
      {
        name: 'latency',
        title: 'latency',
        unit: 'ms',
        quietMachineOnly: true,
        figures: { ours: 1.2345 },
        runs: { ours: [1, 1.2345, 2] },
      },
    ],
    limits,
    versions: { node: '20.20.2', redis: '7.0.15' },
    notes: ['A note.'],
  };
  const machine = { cores: 2, cpu: 'A CPU', memoryGiB: 8, platform: 'linux x64' };
  return makeReport(
    { benchmark: 'queues', quick, startedAt: '2026-01-02T03:04:05.000Z', durationMs: 61_000, machine },
    result,
  );
}

describe('limits', () => {
  it.each([
    ['at the upper limit', { ...atMostTwo, value: 2 }, true],
    ['above the upper limit', { ...atMostTwo, value: 2.001 }, false],
    ['at the lower limit', { ...atLeastMost, value: 0.95 }, true],
    ['below the lower limit', { ...atLeastMost, value: 0.949 }, false],
    ['not measured', { ...atMostTwo, value: undefined }, null],
    ['not a number', { ...atMostTwo, value: Number.NaN }, false],
  ])('%s', (_, limit, holds) => {
    const judged = report([limit]);
    expect(judged.limits[0]?.holds).toBe(holds);
    expect(allHold(judged)).toBe(holds === true);
  });

  it('hold together only when each does', () => {
    expect(allHold(report([atMostTwo, atLeastMost]))).toBe(true);
    expect(allHold(report([atMostTwo, { ...atLeastMost, value: 0.5 }]))).toBe(false);
    expect(allHold(report([atMostTwo, { ...atLeastMost, value: undefined }]))).toBe(false);
  });

  it('are not judged in a quick run', () => {
    const quick = report([atMostTwo, { ...atLeastMost, value: 0 }], true);
    expect(quick.limits.map(({ holds }) => holds)).toEqual([null, null]);
  });
});

describe('JSON', () => {
  it('carries cases, limits with their verdict, versions, date and machine', () => {
    const parsed = JSON.parse(toJson(report([atMostTwo])));
    expect(parsed).toMatchObject({
      benchmark: 'queues',
      quick: false,
      startedAt: '2026-01-02T03:04:05.000Z',
      versions: { node: '20.20.2', redis: '7.0.15' },
      machine: { cores: 2 },
      cases: [{ name: 'connections', figures: { stock: 33, ours: 2 } }, { runs: { ours: [1, 1.2345, 2] } }],
      limits: [{ name: 'connections', limit: 2, value: 2, holds: true }],
    });
  });
});

describe('text', () => {
  it('shows figures side by side, ratios, and what needs a quiet machine', () => {
    const text = toText(report([atMostTwo, { ...atLeastMost, value: 0.5 }]));
    expect(text).toMatch(/^connections +33 +2 \(×0\.06\)$/m);
    expect(text).toMatch(/^latency \* +ms +– +1\.23$/m);
    expect(text).toMatch(/^connections +≤ 2 +2 +holds$/m);
    expect(text).toMatch(/^jobs\/s \* +× stock +≥ 0\.95 +0\.50 +MISSED$/m);
    expect(text).toContain('quiet machine');
    expect(text).toContain('node 20.20.2 · redis 7.0.15');
    expect(text).toContain('A note.');
    expect(text).not.toContain('QUICK');
  });

  it('says of a quick run that it is one', () => {
    for (const text of [toText(report([], true)), toCheckText(report([], true))]) {
      expect(text).toContain('QUICK RUN');
    }
  });

  it('checks with one line a limit and a verdict', () => {
    const unmeasured = { ...atMostTwo, name: 'unmeasured', value: undefined };
    const text = toCheckText(report([atMostTwo, { ...atLeastMost, value: 0.5 }, unmeasured]));
    expect(text).toMatch(/^unmeasured +≤ 2 +– +not judged$/m);
    expect(text).toContain('1 of 3 limits hold, 1 missed, 1 not judged.');
  });
});
