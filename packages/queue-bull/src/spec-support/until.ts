import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 45_000;
const LOOK_EVERY_MS = 15;

/** Looks until what it sees is good, and answers that. */
export async function until<T>(
  what: string,
  look: () => Promise<T> | T,
  good: (value: T) => boolean,
): Promise<T> {
  const deadlineMs = performance.now() + LIMIT_MS;
  for (;;) {
    const value = await look();
    if (good(value)) return value;
    if (performance.now() > deadlineMs)
      throw new Error(`not in time: ${what}, last ${JSON.stringify(value)}`);
    await sleep(LOOK_EVERY_MS);
  }
}
