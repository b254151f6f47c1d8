import { RELEASE_PUT_ASIDE } from './release-put-aside.lua.js';
import type { QueueKeys } from './queue-keys.js';
import type { RunScript } from './run-script.js';

/** How long it counts that nothing was put aside: asking for each job would cost a command each. */
const LOOK_EVERY_MS = 30_000;

/**
 * Workers on plain Bull with a rate limit, of the queue or by group, put jobs above it aside in a list, and hold others
 * back as long as that has entries. Only they take a job off it, when it comes round to them: one that runs here would
 * slow them down for good.
 */
export function createPutAside(
  run: RunScript,
  keys: QueueKeys,
): { release(storedId: string): Promise<void> } {
  let mayHaveEntries = false;
  let lookedAtMs = -Infinity;
  return {
    async release(storedId) {
      const nowMs = performance.now();
      if (!mayHaveEntries && nowMs - lookedAtMs < LOOK_EVERY_MS) return;
      lookedAtMs = nowMs;
      mayHaveEntries = (await run(RELEASE_PUT_ASIDE, [`${keys.limiter}:index`], [storedId])) === 1;
    },
  };
}
