import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for something that tells nobody when it happens; the test's own limit ends it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(5);
}
