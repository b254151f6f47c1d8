import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLogTail } from './log-tail.js';

it('answers with the last lines, and with nothing where there is no log', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'log-tail-'));
  try {
    const file = join(folder, 'server.log');
    expect(await readLogTail(file)).toBe('');
    await writeFile(file, Array.from({ length: 20 }, (_, line) => `${line}\n`).join(''));
    const lines = (await readLogTail(file)).split('\n');
    expect([lines.length, lines.at(0), lines.at(-1)]).toEqual([15, '5', '19']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
