import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasBull } from './testing/flag-modes.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.startsWith('testing'))
  .map((path) => ({ path, lines: readFileSync(join(folder, path), 'utf8').split('\n') }));

/** What a source imports, by name. */
const importsOf = (lines: readonly string[]) =>
  lines.flatMap((line) => /(?:from |import\()'([^']+)'/.exec(line)?.[1] ?? []);

test('the composition root alone names engines, Bull on one line', () => {
  const naming = (engine: string) =>
    sources.flatMap(({ path, lines }) =>
      lines.filter((line) => line.includes(`'${engine}'`)).map(() => path),
    );
  expect(naming('@switchyard/queue-bull')).toEqual(hasBull ? ['composition-root.ts'] : []);
  expect(naming('@switchyard/queue-bullmq')).toEqual(['composition-root.ts']);
});

test('the old app of the demo is written with bull alone and knows nothing of what happens to it', () => {
  const legacy = sources.filter(({ path }) => path.startsWith(`demo${sep}legacy${sep}`));
  const reached = new Map(legacy.map(({ path, lines }) => [path, importsOf(lines)]));
  for (const [path, imports] of reached) {
    for (const name of imports.filter((imported) => imported.startsWith('.'))) {
      const target = join(path, '..', name).replace(/\.js$/, '.ts');
      const source = sources.find((candidate) => candidate.path === target);
      if (source && !reached.has(target)) reached.set(target, importsOf(source.lines));
    }
  }
  expect(reached.size).toBeGreaterThan(legacy.length);
  const foreign = [...reached.values()]
    .flat()
    .filter((name) => !name.startsWith('.') && !name.startsWith('node:'));
  expect(new Set(foreign)).toEqual(new Set(['bull']));
});

test('nothing but the demo reaches into the demo', () => {
  for (const { path, lines } of sources.filter((source) => !source.path.startsWith(`demo${sep}`))) {
    expect([path, ...importsOf(lines).filter((name) => name.includes('/demo/'))]).toEqual([path]);
  }
});
