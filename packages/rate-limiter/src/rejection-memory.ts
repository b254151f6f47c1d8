import { LRUCache } from 'lru-cache';
import type { Demand, Verdict } from './limit-counter.js';
import type { Rule } from './rule.js';

interface Rejection {
  readonly units: number;
  readonly verdict: Verdict;
  readonly atMs: number;
  readonly untilMs: number;
}

/** A request under way that may be rejected. */
export interface ExpectedRejection {
  arrive(demand: Demand, verdict: Verdict): void;
}

/** What Redis said cannot fit yet. */
export interface RejectionMemory {
  /** Keys that are rejected now. */
  readonly size: number;
  /** The verdict on these units as it is now, when they cannot have become possible; else undefined. */
  find(demand: Demand): Verdict | undefined;
  /** Called before Redis is asked: what is forgotten meanwhile was perhaps not known to Redis yet. */
  expect(): ExpectedRejection;
  /** For whichever tier. */
  forget(key: string): void;
}

/**
 * Remembers, of each key, the last rejection until its units can fit, `maxMs` at most. It holds for as many units and more;
 * fewer are for Redis to judge. Times are durations since the reply arrived, so a rejection never ends too early.
 *
 * @param now ms of a clock that does not jump
 */
export function createRejectionMemory(maxKeys: number, maxMs: number, now: () => number): RejectionMemory {
  const rejections = new LRUCache<string, Map<Rule, Rejection>>({ max: maxKeys });
  let forgotten = 0;

  return {
    get size() {
      const nowMs = now();
      const isRejected = (ofKey: Map<Rule, Rejection>) =>
        [...ofKey.values()].some(({ untilMs }) => nowMs < untilMs);
      return [...rejections.values()].filter(isRejected).length;
    },
    find({ key, rule, units }) {
      const ofKey = rejections.get(key);
      const rejection = ofKey?.get(rule);
      if (!ofKey || !rejection) return undefined;
      const nowMs = now();
      if (nowMs >= rejection.untilMs) {
        ofKey.delete(rule);
        if (ofKey.size === 0) rejections.delete(key);
        return undefined;
      }
      return units >= rejection.units ? laterBy(nowMs - rejection.atMs, rejection.verdict) : undefined;
    },
    expect() {
      const forgottenBefore = forgotten;
      return {
        arrive({ key, rule, units }, verdict) {
          if (maxMs === 0 || forgotten !== forgottenBefore) return;
          const atMs = now();
          const untilMs = atMs + Math.min(maxMs, verdict.retryAfterMs);
          const ofKey = rejections.get(key) ?? new Map<Rule, Rejection>();
          rejections.set(key, ofKey.set(rule, { units, verdict, atMs, untilMs }));
        },
      };
    },
    forget(key) {
      forgotten += 1;
      rejections.delete(key);
    },
  };
}

function laterBy(ms: number, verdict: Verdict): Verdict {
  const left = (durationMs: number) => Math.max(1, Math.ceil(durationMs - ms));
  return { ...verdict, resetAfterMs: left(verdict.resetAfterMs), retryAfterMs: left(verdict.retryAfterMs) };
}
