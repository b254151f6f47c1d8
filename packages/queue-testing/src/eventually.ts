import { setTimeout as sleep } from 'node:timers/promises';

const POLL_EVERY_MS = 10;

/** Long enough for a busy machine and a lock of 30 s that runs out; whoever passes never waits for it. */
const DEADLINE_MS = 45_000;

/**
 * Asks again and again until the answer satisfies, and returns that answer.
 *
 * @throws Error with the last answer when none did within `withinMs` (default 45 000)
 */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  satisfies: (answer: T) => boolean = Boolean,
  withinMs: number = DEADLINE_MS,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (performance.now() > deadline) {
      throw new Error(`not within ${withinMs} ms: ${what}; last: ${JSON.stringify(answer)}`);
    }
    await sleep(POLL_EVERY_MS);
  }
}

/** Lets time pass in which something must not happen; the only pause of a fixed length in this suite. */
export function quiet(forMs: number): Promise<void> {
  return sleep(forMs);
}
