import { ipKeyGenerator } from 'express-rate-limit';
import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { CountedKey } from './counted-key.js';

const REPORT_EVERY_MS = 10_000;
/** Named in one report. */
const MAX_NAMED = 20;
/** Told apart between two reports, so that an attack from many addresses fills no memory. */
const MAX_TOLD_APART = 1000;

/** Requests that were turned away with 429, which may be abuse. Names nobody in full. */
export interface RejectionReport {
  /** Requests that were turned away since the last report. */
  readonly count: number;
  /** Time that they came in, in ms; 0 of the first after a quiet time, which is reported at once. */
  readonly durationMs: number;
  /** Whom they came from, most requests first; at most 20, taken from the first 1000. */
  readonly sources: readonly RejectionSource[];
}

export interface RejectionSource {
  readonly policy: string;
  readonly keyKind: CountedKey['kind'];
  /**
   * Of an address the /24 (IPv4) or the /48 (IPv6); of a user or another key the first 16 digits of its SHA-256: who knows
   * an id finds it, and a log shows none. That hides nothing that can be guessed by trying all, such as telephone numbers.
   */
  readonly source: string;
  readonly count: number;
}

export interface RejectedKey {
  readonly policy: string;
  readonly key: CountedKey;
}

export interface RejectionReports {
  /** One request that was turned away, and by which limits. */
  add(rejectedBy: readonly RejectedKey[]): void;
}

/**
 * Counts rejections and reports them: the first at once, what follows together, once in 10 s. What `report` throws or
 * rejects with becomes a process warning, since a broken log must not answer for a request.
 */
export function createRejectionReports(report: (rejections: RejectionReport) => unknown): RejectionReports {
  const sources = new Map<string, RejectionSource>();
  let count = 0;
  let isTimerSet = false;

  const tell = async (rejections: RejectionReport) => {
    try {
      await report(rejections);
    } catch (error) {
      process.emitWarning(`onRejected failed: ${String(error)}`, { type: 'SwitchyardWarning' });
    }
  };
  const flush = (durationMs: number) => {
    const worstFirst = [...sources.values()].sort((a, b) => b.count - a.count);
    void tell({ count, durationMs, sources: worstFirst.slice(0, MAX_NAMED) });
    sources.clear();
    count = 0;
    isTimerSet = true;
    setTimeout(onTimer, REPORT_EVERY_MS).unref();
  };
  const onTimer = () => {
    isTimerSet = false;
    if (count > 0) flush(REPORT_EVERY_MS);
  };

  return {
    add(rejectedBy) {
      count += 1;
      for (const { policy, key } of rejectedBy) {
        // Cut at once: clients may choose names, and long ones would be kept until the report.
        const source = key.kind === 'ip' ? widerSubnet(key.name) : digest(key.name);
        const id = JSON.stringify([policy, key.kind, source]);
        const known = sources.get(id);
        if (!known && sources.size === MAX_TOLD_APART) continue;
        sources.set(id, { policy, keyKind: key.kind, source, count: (known?.count ?? 0) + 1 });
      }
      if (!isTimerSet) flush(0);
    },
  };
}

function widerSubnet(subnet: string): string {
  if (isIPv4(subnet)) return `${subnet.slice(0, subnet.lastIndexOf('.'))}.0/24`;
  const [address = subnet] = subnet.split('/');
  return ipKeyGenerator(address, 48);
}

function digest(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}
