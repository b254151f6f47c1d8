import { startAskedProcess, type AskedProcess } from '../asked-process.js';
import type { ContenderId } from './contender.js';
import type { ContenderOperations } from './contender-operations.js';

/** A contender's process, opened on a Redis. */
export type ContenderHandle = AskedProcess<ContenderOperations>;

const PROGRAM = new URL('./contender-process.js', import.meta.url);

export async function startContender(contender: ContenderId, url: string): Promise<ContenderHandle> {
  const handle = startAskedProcess<ContenderOperations>({ title: contender, program: PROGRAM });
  try {
    await handle.ask('open', { contender, url });
  } catch (error) {
    await handle.end();
    throw error;
  }
  return handle;
}
