import { rejection } from '../spec-support/lab.js';
import { createConnectionPool } from './connection-pool.js';
import type { PoolOptions } from './pool-options.js';

interface Line {
  readonly id: number;
  isEnded: boolean;
  isBroken: boolean;
}

function lines(options: Partial<PoolOptions<Line>> = {}) {
  const made: Line[] = [];
  let nowMs = 0;
  const pool = createConnectionPool<Line>({
    name: 'lines',
    max: 2,
    now: () => nowMs,
    create: async () => {
      const line = { id: made.length, isEnded: false, isBroken: false };
      made.push(line);
      return line;
    },
    destroy: (line) => void (line.isEnded = true),
    check: async (line) => {
      if (line.isBroken) throw new Error('broken');
    },
    ...options,
  });
  return { pool, made, pass: (ms: number) => void (nowMs += ms) };
}

test.each([
  ['max', 0, 'a whole number from 1 to 1000, not 0'],
  ['min', 1.5, 'a whole number from 0 to 1000, not 1.5'],
  ['min', 3, 'at most max, 2, not 3'],
  ['acquireTimeoutMs', Number.NaN, 'a whole number from 1 to 600000'],
])('refuses %s = %p', (option, value, message) => {
  expect(() => lines({ [option]: value })).toThrow(message);
});

describe('when none is to be had', () => {
  test('whoever waits too long is told so', async () => {
    const { pool } = lines({ max: 1 });
    const line = await pool.acquire();
    expect(await rejection(pool.acquire({ timeoutMs: 20 }))).toMatchObject({
      code: 'ERR_POOL_TIMEOUT',
      timeoutMs: 20,
    });
    pool.release(line);
    expect(pool.stats()).toMatchObject({ borrowed: 0, waiting: 0, totals: { timedOut: 1, acquired: 1 } });
    await pool.drain();
  });

  test('no more than allowed wait', async () => {
    const { pool } = lines({ max: 1, maxWaiting: 1 });
    const line = await pool.acquire();
    const waiting = pool.acquire();
    expect(await rejection(pool.acquire())).toMatchObject({
      code: 'ERR_POOL_EXHAUSTED',
      max: 1,
      maxWaiting: 1,
    });
    pool.release(line);
    pool.release(await waiting);
    expect(pool.stats().totals.refused).toBe(1);
    await pool.drain();
  });

  test('a signal ends the wait, with its reason, and takes nothing', async () => {
    const { pool } = lines({ max: 1 });
    const line = await pool.acquire();
    const stop = new AbortController();
    const waiting = rejection(pool.acquire({ signal: stop.signal }));
    stop.abort(new Error('enough'));
    expect((await waiting).message).toBe('enough');
    pool.release(line);
    expect(await pool.acquire()).toBe(line);
    pool.release(line);
    await pool.drain();
  });

  test('one that cannot be made is an error with its cause, and the pool is degraded, then down', async () => {
    let isUp = false;
    const { pool } = lines({
      create: async () => {
        if (!isUp) throw new Error('no route');
        return { id: 0, isEnded: false, isBroken: false };
      },
    });
    const error = await rejection(pool.acquire());
    expect(error).toMatchObject({ code: 'ERR_POOL_RESOURCE', cause: { message: 'no route' } });
    expect(pool.stats().health).toBe('degraded');
    await rejection(pool.acquire());
    await rejection(pool.acquire());
    expect(pool.stats()).toMatchObject({ health: 'down', size: 0, totals: { failed: 3 } });
    isUp = true;
    expect(await pool.checkHealth()).toBe('healthy');
    await pool.drain();
  });
});

describe('giving back', () => {
  test('twice, or what is of somebody else, is an error', async () => {
    const { pool } = lines();
    const line = await pool.acquire();
    pool.release(line);
    expect(() => pool.release(line)).toThrow(expect.objectContaining({ code: 'ERR_POOL_NOT_BORROWED' }));
    expect(() => pool.release({ id: 9, isEnded: false, isBroken: false })).toThrow('not lent by it');
    expect(pool.stats()).toMatchObject({ size: 1, available: 1 });
    await pool.drain();
  });

  test('a broken one is not lent again', async () => {
    const { pool, made } = lines();
    const line = await pool.acquire();
    pool.release(line, true);
    const next = await pool.acquire();
    expect(next).not.toBe(line);
    expect(made.map(({ isEnded }) => isEnded)).toEqual([true, false]);
    pool.release(next);
    await pool.drain();
  });
});

describe('health', () => {
  test('one that was used without success is looked at before it is lent again', async () => {
    const { pool } = lines();
    const failing = pool.use(async (line) => {
      line.isBroken = true;
      throw new Error('hung up');
    });
    expect((await rejection(failing)).message).toBe('hung up');
    const served = async ({ id }: Line) => ({ id, health: pool.stats().health });
    expect(await pool.use(served)).toEqual({ id: 1, health: 'degraded' });
    expect(pool.stats()).toMatchObject({
      health: 'healthy',
      totals: { created: 2, destroyed: 1, failed: 1 },
    });
    await pool.drain();
  });

  test('one that was not looked at for long is checked first; before that it is not', async () => {
    const { pool, made, pass } = lines({ checkAfterMs: 1000 });
    await pool.use(async () => undefined);
    (made[0] as Line).isBroken = true;
    pass(999);
    expect(await pool.use(async ({ id }) => id)).toBe(0);
    pass(1);
    expect(await pool.use(async ({ id }) => id)).toBe(1);
    await pool.drain();
  });

  test('a check finds the broken among those that are free, and a good one makes the pool healthy', async () => {
    const { pool, made } = lines();
    const both = await Promise.all([pool.acquire(), pool.acquire()]);
    both.forEach((line) => pool.release(line));
    (made[0] as Line).isBroken = true;
    (made[1] as Line).isBroken = true;
    expect(await pool.checkHealth()).toBe('degraded');
    expect(await pool.checkHealth()).not.toBe('down');
    await pool.use(async () => undefined);
    expect(await pool.checkHealth()).toBe('healthy');
    expect(made.filter(({ isBroken, isEnded }) => isBroken && !isEnded)).toEqual([]);
    await pool.drain();
  });
});

test('a check of a pool that is all lent keeps nobody waiting, and takes nothing', async () => {
  const { pool } = lines({ max: 1 });
  const line = await pool.acquire();
  expect(await pool.checkHealth()).toBe('healthy');
  expect(pool.stats()).toMatchObject({ waiting: 0, totals: { timedOut: 0, acquired: 1 } });
  pool.release(line);
  await pool.drain();
});

describe('draining', () => {
  test('waits for what is lent, turns away who asks and who waits, and ends all', async () => {
    const { pool, made } = lines({ max: 1 });
    const line = await pool.acquire();
    const waiting = rejection(pool.acquire());
    const drained = pool.drain();
    expect(await waiting).toMatchObject({ code: 'ERR_POOL_DRAINING' });
    expect(await rejection(pool.acquire())).toMatchObject({ code: 'ERR_POOL_DRAINING' });
    expect(line.isEnded).toBe(false);
    pool.release(line);
    expect(await drained).toEqual({ abandoned: 0 });
    expect(await pool.drain()).toEqual({ abandoned: 0 });
    expect(made.every(({ isEnded }) => isEnded)).toBe(true);
    expect(pool.stats()).toMatchObject({ draining: true, size: 0 });
  });

  test('does not wait for ever', async () => {
    const { pool, made } = lines();
    const line = await pool.acquire();
    expect(await pool.drain({ timeoutMs: 10 })).toEqual({ abandoned: 1 });
    expect(made[0]?.isEnded).toBe(true);
    expect(() => pool.release(line)).not.toThrow();
  });

  test('does not wait for ever for one that is being made or ended', async () => {
    let make = (): void => undefined;
    const ended: string[] = [];
    const { pool } = lines({
      create: () =>
        new Promise((resolve) => {
          make = () => resolve({ id: 0, isEnded: false, isBroken: false });
        }),
      destroy: () => {
        ended.push('ended');
        throw new Error('hung up already');
      },
    });
    const asked = rejection(pool.acquire());
    expect(await pool.drain({ timeoutMs: 10 })).toEqual({ abandoned: 0 });
    expect(await asked).toMatchObject({ code: 'ERR_POOL_DRAINING' });
    make();
    while (ended.length === 0) await new Promise((resolve) => setImmediate(resolve));
  });
});
