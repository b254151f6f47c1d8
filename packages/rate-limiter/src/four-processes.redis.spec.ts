import type { Policies } from './index.js';
import { startChecking, type CheckingProcesses } from './spec-support/start-checking.js';
import { startLab, type Lab } from './spec-support/start-lab.js';

const PROCESSES = 4;
const LIMIT = 60;
const LEASE = { units: 5, seconds: 0.1 };
const window = { algorithm: 'sliding-window', windowSeconds: 3600 } as const;
const short = { algorithm: 'sliding-window', limit: 20, windowSeconds: 0.3 } as const;

const policies = {
  EXACT: { ...window, limit: LIMIT },
  LEASED: { ...window, limit: LIMIT, lease: { units: LEASE.units, seconds: 60 } },
  BUCKET: { algorithm: 'token-bucket', capacity: LIMIT, refillPerSecond: 0.001 },
  FEWER: { ...window, limit: 40 },
  SHORT: short,
  SHORT_LEASED: { ...short, lease: LEASE },
} satisfies Policies;

let lab: Lab;
let processes: CheckingProcesses;
beforeAll(async () => {
  lab = await startLab();
  processes = await startChecking(PROCESSES, lab.endpoint, policies);
});
afterAll(async () => {
  await processes?.stop();
  await lab?.stop();
});
/** Of one test alone, since a process remembers whom it rejected. */
let key: string;
let keys = 0;
beforeEach(() => {
  key = `u${(keys += 1)}`;
});

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

/** What 200 checks at once, 50 of each process, come to. */
async function checkAtOnce(...names: (keyof typeof policies)[]) {
  const requests = names.map((policy) => ({ policy, key }));
  const answers = await processes.order({ requests, concurrent: 50 });
  const of = (outcome: 'allowed' | 'limited' | 'unavailable') =>
    sum(answers.map(({ outcomes }) => outcomes[outcome]));
  return { allowed: of('allowed'), limited: of('limited'), unavailable: of('unavailable') };
}

describe('200 checks at once, from 4 processes', () => {
  test.each(['EXACT', 'BUCKET'] as const)(
    '%s: as many as the limit are admitted, not one more or less',
    async (policy) => {
      expect(await checkAtOnce(policy)).toEqual({ allowed: LIMIT, limited: 200 - LIMIT, unavailable: 0 });
      expect(await lab.open(policies).peek(policy, key)).toMatchObject({ outcome: 'limited', remaining: 0 });
    },
  );

  test('with a lease: none too many, and no more too few than are on lease', async () => {
    const { allowed, limited, unavailable } = await checkAtOnce('LEASED');
    expect({ all: allowed + limited, unavailable }).toEqual({ all: 200, unavailable: 0 });
    expect(allowed).toBeLessThanOrEqual(LIMIT);
    expect(allowed).toBeGreaterThanOrEqual(LIMIT - PROCESSES * (LEASE.units - 1));
  });

  test.each([
    ['EXACT', 'FEWER'],
    ['FEWER', 'EXACT'],
  ] as const)(
    '%s and %s: the smaller decides, the other is charged for those admitted only',
    async (...names) => {
      expect(await checkAtOnce(...names)).toMatchObject({ allowed: 40, limited: 160 });
      expect(await lab.open(policies).peek('EXACT', key)).toMatchObject({ remaining: LIMIT - 40 });
    },
  );
});

describe('checks on and on, over many ends of windows', () => {
  const windowMs = short.windowSeconds * 1000;
  const windows = 8;

  /** When all processes together were admitted, in order. */
  async function checkOnAndOn(
    policy: 'SHORT' | 'SHORT_LEASED',
    how: { readonly concurrent: number; readonly pauseMs: number },
  ): Promise<number[]> {
    const requests = [{ policy, key }];
    const answers = await processes.order({ requests, durationMs: windows * windowMs, ...how });
    expect(sum(answers.map(({ outcomes }) => outcomes.unavailable))).toBe(0);
    const admitted = answers.flatMap(({ admittedAtMs }) => admittedAtMs).sort((a, b) => a - b);
    expect(admitted).toHaveLength(sum(answers.map(({ outcomes }) => outcomes.allowed)));
    return admitted;
  }

  /** Times are whole ms, so what is a window and a fraction apart may seem a window apart, and counts as within it. */
  const mostInAnyWindow = (times: readonly number[]) =>
    Math.max(...times.map((from, at) => times.slice(at).filter((time) => time <= from + windowMs).length));

  test('SHORT: no window, wherever it begins, sees one too many, and none goes to waste', async () => {
    const admitted = await checkOnAndOn('SHORT', { concurrent: 3, pauseMs: 0 });
    expect(mostInAnyWindow(admitted)).toBe(short.limit);
    expect(admitted.length).toBeGreaterThanOrEqual((windows / 2) * short.limit);
  });

  test('SHORT_LEASED: nor where units are used long after they were leased', async () => {
    const admitted = await checkOnAndOn('SHORT_LEASED', { concurrent: 1, pauseMs: 30 });
    expect(mostInAnyWindow(admitted)).toBeLessThanOrEqual(short.limit);
    expect(admitted.length).toBeGreaterThanOrEqual((windows / 4) * short.limit);
  });
});
