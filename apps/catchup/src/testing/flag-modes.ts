import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Whether the legacy engine is still there: whoever deletes its folder keeps the tests of the rest. */
export const hasBull = existsSync(
  fileURLToPath(new URL('../../../../packages/queue-bull/package.json', import.meta.url)),
);

const ALL_MODES = hasBull ? ['false', 'true', 'adaptive-sync,calendar-sync=50%'] : ['true'];

/** Values of `USE_BULLMQ` that the app is tested with: the one in the environment, else every kind there is. */
export const flagModes: readonly string[] = process.env.USE_BULLMQ ? [process.env.USE_BULLMQ] : ALL_MODES;
