/** `read`: asks Redis. `fetch`: runs the caller's fetch and writes. `call`: a caller's whole wait, which others may join. */
export type LoadKind = 'read' | 'fetch' | 'call';

/** Something under way, whose result may fill a tier unless its key is invalidated first. */
export interface Load {
  readonly key: string;
  readonly kind: LoadKind;
  /** Undefined where nobody knows which tags the value carries. */
  readonly tags: readonly string[] | undefined;
  /** Its result must not be kept, and nobody may join it any more. */
  isOutdated: boolean;
  /** Its value reached Redis. */
  isWritten: boolean;
}

/**
 * What is under way in this process. An invalidation marks what it covers, and who carries a marked load fills nothing:
 * so nothing has to be remembered of invalidations.
 */
export interface PendingLoads {
  begin(key: string, kind: LoadKind, tags?: readonly string[]): Load;
  end(load: Load): void;
  /** Whether a fetch of the key is going on that will, or that will not, be kept. */
  isFetching(key: string, which: 'kept' | 'outdated'): boolean;
  outdate(covers: (load: Load) => boolean): void;
  /** Something was written: reads of the key may bring what was there before. */
  outdateReads(key: string): void;
}

export function createPendingLoads(): PendingLoads {
  const loads = new Map<string, Set<Load>>();
  return {
    begin(key, kind, tags) {
      const load: Load = { key, kind, tags, isOutdated: false, isWritten: false };
      const ofKey = loads.get(key);
      if (ofKey) ofKey.add(load);
      else loads.set(key, new Set([load]));
      return load;
    },
    end(load) {
      const ofKey = loads.get(load.key);
      if (ofKey?.delete(load) && ofKey.size === 0) loads.delete(load.key);
    },
    isFetching(key, which) {
      for (const { kind, isOutdated } of loads.get(key) ?? [])
        if (kind === 'fetch' && isOutdated === (which === 'outdated')) return true;
      return false;
    },
    outdate(covers) {
      for (const ofKey of loads.values()) for (const load of ofKey) if (covers(load)) load.isOutdated = true;
    },
    outdateReads(key) {
      for (const load of loads.get(key) ?? []) if (load.kind === 'read') load.isOutdated = true;
    },
  };
}
