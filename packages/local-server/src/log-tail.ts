import { readFile } from 'node:fs/promises';

const LINES = 15;

/** The last lines of a log, for an error; empty when there is none. */
export async function readLogTail(file: string): Promise<string> {
  const log = await readFile(file, 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-LINES).join('\n');
}
