import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Everything that needs Bull lives in this one package, which is there only as long as somebody still uses Bull. */
const PACKAGE = '@switchyard/queue-bull';
const MANIFEST = `${PACKAGE}/package.json`;

const require = createRequire(import.meta.url);

/** Whether there is a Bull to measure. Without it the benchmarks leave it out and say so. */
export function hasBull(): boolean {
  try {
    require.resolve(MANIFEST);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return false;
    throw error;
  }
}

/** Loads the package, or a part of it, by a name that no compiler follows. The caller knows its shape. */
export async function loadBull<Shape>(part?: string): Promise<Shape> {
  const path = require.resolve(specifier(part));
  return (await import(pathToFileURL(path).href)) as Shape;
}

/** The version of Bull that its package uses, by name. */
export function bullVersion(): Record<string, string> {
  if (!hasBull()) return {};
  const requireThere = createRequire(require.resolve(MANIFEST));
  return { bull: (requireThere('bull/package.json') as { version: string }).version };
}

/** For the notes of a report. */
export const WITHOUT_BULL = 'Bull is left out: packages/queue-bull is gone.';

function specifier(part: string | undefined): string {
  return part === undefined ? PACKAGE : `${PACKAGE}/${part}`;
}
