import type { Idempotency } from '../index.js';
import { startLab, type Lab } from './lab.js';

// Whoever imports these has them for the specs of his file.
export let lab: Lab;
/** Two who claim, each as if in a process of its own. */
export let ours: Idempotency;
export let theirs: Idempotency;

beforeAll(async () => {
  lab = await startLab();
  ours = lab.open();
  theirs = lab.open();
});
afterAll(() => lab.stop());
