import type { CachedValue } from './cached-value.js';
import type { Engine } from './engine.js';
import type { EntryPolicy } from './entries.js';
import { CacheFetchTimeoutError } from './errors.js';
import { jsonTextOf } from './json-text.js';
import type { Load, PendingLoads } from './pending-loads.js';
import type { Scopes } from './scopes.js';
import type { ReadOutcome, StatisticsRecorder } from './statistics.js';
import { newValue, type StoreRequest } from './storing.js';

/** Gets a value where it comes from. The signal is aborted when it takes too long. */
export type Fetch<T> = (context: { readonly signal: AbortSignal }) => Promise<T> | T;

export interface FetchRequest extends StoreRequest {
  readonly fetch: Fetch<unknown>;
}

export interface Found {
  readonly value: CachedValue;
  readonly outcome: ReadOutcome;
}

/** One fetch per key, however many wait; whoever waits gets its value or its error. */
export interface Fetching {
  getOrSet(request: FetchRequest): Promise<Found>;
}

export interface FetchingParts {
  readonly engine: Engine;
  readonly scopes: Scopes;
  readonly loads: PendingLoads;
  readonly statistics: StatisticsRecorder;
  readonly monotonicMs: () => number;
}

export function createFetching({ engine, scopes, loads, statistics, monotonicMs }: FetchingParts): Fetching {
  const calls = new Map<string, { readonly load: Load; readonly found: Promise<Found> }>();

  const refresh = async (request: FetchRequest): Promise<CachedValue> => {
    const { key, policy, tags, fetch } = request;
    const load = loads.begin(key, 'fetch', tags);
    const startMs = monotonicMs();
    try {
      // As Redis said before the fetch began: if one of them changes during the fetch, in whichever process, what is
      // written under them does not count.
      const stamps = scopes.knownStamps(key, tags);
      const text = jsonTextOf(await fetchWithin(policy, fetch));
      return newValue(request, text, stamps, load, startMs);
    } catch (error) {
      statistics.count('failedFetches');
      loads.end(load);
      throw error;
    }
  };

  const call = async (request: FetchRequest): Promise<Found> => {
    const { key, tags } = request;
    const isApart = loads.isFetching(key, 'outdated');
    const forgetTags = scopes.expectTags(key, tags);
    try {
      return found(await engine.getOrSet({ ...request, isApart }, () => refresh(request)));
    } finally {
      forgetTags();
    }
  };

  const join = (key: string) => {
    const underWay = calls.get(key);
    return underWay && !underWay.load.isOutdated ? underWay : undefined;
  };

  const start = (request: FetchRequest): Promise<Found> => {
    const { key } = request;
    const load = loads.begin(key, 'call');
    const result = call(request);
    calls.set(key, { load, found: result });
    const forget = () => {
      loads.end(load);
      if (calls.get(key)?.load === load) calls.delete(key);
    };
    void result.then(forget, forget);
    return result;
  };

  return {
    async getOrSet(request) {
      const { key, policy } = request;
      // The engine would let this caller wait for a refresh that goes on behind, once memory may not be trusted any more.
      if (policy.staleMs > 0 && !join(key) && loads.isFetching(key, 'kept')) {
        const value = await engine.get(key, policy);
        if (value) return found(value);
      }
      const underWay = join(key);
      if (!underWay) return start(request);
      const { value, outcome } = await underWay.found;
      return { value, outcome: outcome === 'miss' ? 'joined' : outcome };
    },
  };
}

export function found(value: CachedValue): Found {
  if (value.origin === 'fetch') return { value, outcome: 'miss' };
  if (Date.now() >= value.expiresAtMs) return { value, outcome: 'stale' };
  return { value, outcome: value.origin === 'memory' ? 'hit-memory' : 'hit-http' };
}

async function fetchWithin({ name, fetchTimeoutMs }: EntryPolicy, fetch: Fetch<unknown>): Promise<unknown> {
  const controller = new AbortController();
  const { signal } = controller;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new CacheFetchTimeoutError(name, fetchTimeoutMs);
      reject(error);
      controller.abort(error);
    }, fetchTimeoutMs);
  });
  try {
    return await Promise.race([fetch({ signal }), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
