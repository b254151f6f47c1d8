import { startAskedProcess, type AskedProcess } from '../asked-process.js';
import type { AppNote, AppOperations, AppOptions } from './app-operations.js';

/** The process of an app with 11 queues, open and consuming. */
export type AppHandle = AskedProcess<AppOperations>;

const PROGRAM = new URL('./app-process.js', import.meta.url);

export async function startApp(options: AppOptions, onNote: (note: AppNote) => void): Promise<AppHandle> {
  const handle = startAskedProcess<AppOperations>({
    title: `${options.engine} (${options.idPrefix})`,
    program: PROGRAM,
    nodeFlags: ['--expose-gc'],
    onNote: (note) => onNote(note as AppNote),
  });
  try {
    await handle.ask('open', options);
  } catch (error) {
    await handle.end();
    throw error;
  }
  return handle;
}
