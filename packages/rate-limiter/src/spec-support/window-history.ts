import type { Redis } from 'ioredis';
import type { LimitCounter, Verdict } from '../limit-counter.js';
import { createRedisCounter } from '../redis-counter.js';
import type { WindowRule } from '../rule.js';
import { LATER_MS, virtualRedis, type ServerClock } from './virtual-redis.js';

export interface Step {
  readonly waitMs: number;
  /** How far the server's clock is set back after the wait. */
  readonly setBackMs: number;
  /** Which of two keys. */
  readonly keys: readonly number[];
  readonly units: number;
  readonly limit: number;
  readonly action: 'take' | 'peek';
}

/** Units that were taken. */
interface Taken {
  readonly atMs: number;
  /** Until when they may be used. */
  readonly latestMs: number;
  readonly units: number;
}

interface Key {
  readonly name: string;
  /** By Redis's time, as far as Redis must know of it. */
  counted: Taken[];
  /** By a clock that nobody sets, since the beginning. */
  readonly elapsed: Taken[];
}

/**
 * Takes and peeks at two keys on a server's clock that the test drives, and after each step compares what was answered and
 * what is in Redis with a plain list of what was taken.
 */
export class WindowHistory {
  private static count = 0;
  private readonly clock: ServerClock = { nowMs: LATER_MS };
  private elapsedMs = 0;
  private readonly keys: readonly Key[];
  private readonly counter: LimitCounter;

  /** @param beliefErrorMs how wrong the caller is about the server's time, anew at each look */
  constructor(
    private readonly redis: Redis,
    private readonly rule: WindowRule,
    beliefErrorMs: () => number,
  ) {
    WindowHistory.count += 1;
    this.keys = [0, 1].map((at) => ({
      name: `history:${WindowHistory.count}:${at}`,
      counted: [],
      elapsed: [],
    }));
    const virtual = virtualRedis(redis, this.clock);
    this.counter = createRedisCounter(virtual, 500, () => this.clock.nowMs + beliefErrorMs());
  }

  async run({ waitMs, setBackMs, keys: chosen, units, limit, action }: Step): Promise<void> {
    this.elapsedMs += waitMs;
    this.clock.nowMs += waitMs - setBackMs;
    const keys = chosen.map((at) => this.keys[at] as Key);
    for (const key of keys) await this.expire(key);
    const rule = { ...this.rule, limit };
    const wanted = Math.min(units, limit);
    const leasable = rule.lease && keys.length === 1 ? Math.max(0, rule.lease.units - wanted) : 0;
    const before = await Promise.all(keys.map((key) => this.newest(key)));
    const verdicts = await this.counter[action](
      keys.map(({ name }) => ({ key: name, rule, units: wanted, leasable })),
    );

    const isTaken = action === 'take' && verdicts.every(({ fits }) => fits);
    for (const [at, key] of keys.entries()) {
      const verdict = verdicts[at] as Verdict;
      const newest = await this.newest(key);
      if (isTaken) {
        this.compare(key, rule, wanted, verdict, isTaken, timeOf(newest));
        this.record(key, wanted, verdict, timeOf(newest));
        this.compareNext(key, rule, verdict, timeOf(newest));
      } else {
        if (setBackMs === 0) this.compare(key, rule, wanted, verdict, isTaken, this.clock.nowMs);
        expect(newest).toEqual(before[at]);
      }
      await this.checkExpiry(key);
    }
  }

  /** The most that was used of one key in a window, wherever it begins, when each unit is used as `share` of its lease is over. */
  mostInAWindow(share: () => number): number {
    const { windowMs } = this.rule;
    const mostOf = ({ elapsed }: Key) => {
      const uses = elapsed.map(({ atMs, latestMs, units }) => ({
        atMs: atMs + share() * (latestMs - atMs),
        units,
      }));
      const from = (startMs: number) =>
        uses.filter(({ atMs }) => atMs >= startMs && atMs <= startMs + windowMs);
      return Math.max(0, ...uses.map(({ atMs }) => from(atMs).reduce((sum, { units }) => sum + units, 0)));
    };
    return Math.max(...this.keys.map(mostOf));
  }

  private compare(
    key: Key,
    rule: WindowRule,
    units: number,
    verdict: Verdict,
    isTaken: boolean,
    clockMs: number,
  ): void {
    const { grainMs, limit } = rule;
    const nowMs = Math.max(clockMs, key.counted.at(-1)?.atMs ?? 0);
    const used = (atMs: number, lateMs = 0) => this.used(key, atMs, lateMs);
    const lateMs = grainMs - 1;
    const left = Math.max(0, limit - used(nowMs));

    if (verdict.fits) expect(used(nowMs) + units).toBeLessThanOrEqual(limit);
    expect(verdict.leased).toBeLessThanOrEqual(isTaken ? Math.max(0, (left - units) / 2) : 0);
    if (verdict.fits) expect(verdict.retryAfterMs).toBe(0);
    if (!this.isComparable()) return;
    if (!verdict.fits) {
      const { retryAfterMs } = verdict;
      expect(used(nowMs + retryAfterMs) + units).toBeLessThanOrEqual(limit);
      expect(used(nowMs + retryAfterMs - 1, lateMs) + units).toBeGreaterThan(limit);
    }
    const taken = isTaken ? units + verdict.leased : 0;
    expect(verdict.remaining + taken).toBeLessThanOrEqual(left);
    expect(verdict.remaining + taken).toBeGreaterThanOrEqual(Math.max(0, limit - used(nowMs, lateMs)));
  }

  /** Of when one more fits, after what was just taken. */
  private compareNext(key: Key, rule: WindowRule, verdict: Verdict, nowMs: number): void {
    const { remaining, nextAfterMs, resetAfterMs } = verdict;
    expect(nowMs + resetAfterMs).toBe(Number(key.counted.at(-1)?.latestMs) + rule.windowMs + 1);
    if (remaining > 0) expect(nextAfterMs).toBe(0);
    if (remaining > 0 || !this.isComparable()) return;
    expect(this.used(key, nowMs + nextAfterMs)).toBeLessThan(rule.limit);
    expect(this.used(key, nowMs + nextAfterMs - 1, rule.grainMs - 1)).toBeGreaterThanOrEqual(rule.limit);
  }

  /** Units that count at a time, when all leave so late. */
  private used(key: Key, atMs: number, lateMs = 0): number {
    const counts = ({ latestMs }: Taken) => atMs - latestMs <= this.rule.windowMs + lateMs;
    return key.counted.reduce((sum, taken) => (counts(taken) ? sum + taken.units : sum), 0);
  }

  /** Whether the clock was never set back, so that a plain list says what the stream does. */
  private isComparable(): boolean {
    return this.elapsedMs === this.clock.nowMs - LATER_MS;
  }

  private record(key: Key, units: number, { leased }: Verdict, atMs: number): void {
    const leaseMs = leased > 0 ? (this.rule.lease?.leaseMs ?? 0) : 0;
    const latestMs = Math.max(atMs + leaseMs, key.counted.at(-1)?.latestMs ?? 0);
    key.counted.push({ atMs, latestMs, units: units + leased });
    const elapsed = { atMs: this.elapsedMs, latestMs: this.elapsedMs + leaseMs, units: units + leased };
    key.elapsed.push(elapsed);
  }

  private async checkExpiry({ name, counted }: Key): Promise<void> {
    const newest = counted.at(-1);
    const expiresMs = await this.redis.pexpiretime(name);
    if (newest) expect(expiresMs).toBeGreaterThanOrEqual(newest.latestMs + this.rule.windowMs);
    // -2: there is no such key. A key that stays for good would be -1.
    else expect(expiresMs).toBe(-2);
  }

  private async expire(key: Key): Promise<void> {
    const expiresMs = await this.redis.pexpiretime(key.name);
    if (expiresMs <= 0 || this.clock.nowMs <= expiresMs) return;
    await this.redis.del(key.name);
    key.counted = [];
  }

  private newest({ name }: Key) {
    return this.redis.xrevrange(name, '+', '-', 'COUNT', 1);
  }
}

function timeOf(entries: [id: string, fields: string[]][]): number {
  return Number(entries[0]?.[0].split('-')[0]);
}
