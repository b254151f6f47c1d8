import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until the condition holds. @throws Error after `limitMs`. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 30_000,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`did not happen in ${limitMs} ms: ${what}`);
    await sleep(5);
  }
}
