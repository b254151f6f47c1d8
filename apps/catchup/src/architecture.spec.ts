import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasBull } from './testing/flag-modes.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, lines: readFileSync(join(folder, path), 'utf8').split('\n') }));
const sources = all.filter(({ path }) => !path.endsWith('.spec.ts') && !path.startsWith('testing'));

/** What a source imports, by name. */
const importsOf = (lines: readonly string[]) =>
  lines.flatMap((line) => /(?:from |import |import\()'([^']+)'/.exec(line)?.[1] ?? []);

/** The lines that import one of these, each by its file. */
const importing = (files: typeof all, ...wanted: string[]) =>
  files.flatMap(({ path, lines }) =>
    importsOf(lines)
      .filter((name) => wanted.includes(name))
      .map(() => path),
  );

test('the composition root alone names engines', () => {
  expect(importing(sources, '@switchyard/queue-bullmq', 'bullmq')).toEqual(['composition-root.ts']);
});

test('Bull is imported on one line, specs included, and on none once it is gone', () => {
  expect(importing(all, '@switchyard/queue-bull', 'bull')).toEqual(hasBull ? ['composition-root.ts'] : []);
});

test('nothing but the demo reaches into the demo', () => {
  for (const { path, lines } of sources.filter((source) => !source.path.startsWith(`demo${sep}`))) {
    expect([path, ...importsOf(lines).filter((name) => name.includes('/demo/'))]).toEqual([path]);
  }
});
