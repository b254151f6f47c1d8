import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, test } from 'node:test';
import { bullInLockFile, bullInModules, takeBullOut } from './bull-removal.mjs';
import { makeFolderOutside } from './workspace.mjs';

const ROOT_FILE = 'apps/catchup/src/composition-root.ts';
const LINE = "    legacy: (await import('@switchyard/queue-bull')).createBullEngine({}),";
const clones = [];

/** A clone with no more than what matters here. */
function makeClone(files = {}) {
  const clone = makeFolderOutside('bull-removal-');
  clones.push(clone);
  const all = {
    'package.json': JSON.stringify({ workspaces: ['packages/*', 'apps/*', 'tools/bench'] }),
    'packages/queue-bull/package.json': JSON.stringify({ name: '@switchyard/queue-bull' }),
    'packages/queue-bull/src/index.ts': "import Bull from 'bull';\n",
    'packages/queue-bullmq/package.json': JSON.stringify({ name: '@switchyard/queue-bullmq' }),
    'packages/queue-bullmq/src/index.ts': 'export {};\n',
    'apps/catchup/package.json': JSON.stringify({ name: '@switchyard/catchup' }),
    [ROOT_FILE]: `before\n${LINE}\nafter\n`,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(clone, dirname(path)), { recursive: true });
    writeFileSync(join(clone, path), text);
  }
  return clone;
}

afterEach(() => {
  for (const clone of clones.splice(0)) rmSync(clone, { recursive: true });
});

test('the folder and the line go, and nothing else', () => {
  const clone = makeClone();
  const { deleted, projects } = takeBullOut(clone);
  assert.equal(existsSync(join(clone, 'packages', 'queue-bull')), false);
  assert.equal(readFileSync(join(clone, ROOT_FILE), 'utf8'), 'before\nafter\n');
  assert.equal(existsSync(join(clone, 'packages', 'queue-bullmq', 'src', 'index.ts')), true);
  assert.deepEqual(deleted, ['folder packages/queue-bull', `line 2 of ${ROOT_FILE}: ${LINE.trim()}`]);
  assert.deepEqual(projects, ['@switchyard/catchup']);
});

for (const [count, text] of [
  [0, 'nothing\n'],
  [2, `${LINE}\n${LINE} // again\n`],
]) {
  test(`${count} lines in place of one are an error, before anything is deleted`, () => {
    const clone = makeClone({ [ROOT_FILE]: text });
    assert.throws(() => takeBullOut(clone), new RegExp(`on ${count} lines, not on one`));
    assert.equal(existsSync(join(clone, 'packages', 'queue-bull')), true);
  });
}

const lock = (packages) => ({
  'package-lock.json': JSON.stringify({ packages }),
  'node_modules/.package-lock.json': JSON.stringify({ packages: {} }),
});

test('Bull is found in a lock file wherever it hides, and BullMQ is not Bull', () => {
  const clone = makeClone(
    lock({
      '': { name: 'clone' },
      'node_modules/bullmq': {},
      'node_modules/bull-queue': {},
      'node_modules/bull': {},
      'packages/x/node_modules/bull': {},
      'node_modules/bull-3': { name: 'bull' },
    }),
  );
  assert.deepEqual(bullInLockFile(clone), [
    'node_modules/bull in package-lock.json',
    'packages/x/node_modules/bull in package-lock.json',
    'node_modules/bull-3 in package-lock.json',
  ]);
});

test('Bull is found in the node_modules of a workspace and of the folders above', () => {
  const clone = makeClone();
  takeBullOut(clone);
  assert.deepEqual(bullInModules(clone), []);
  mkdirSync(join(clone, 'node_modules', 'bull'), { recursive: true });
  writeFileSync(join(clone, 'node_modules', 'bull', 'package.json'), '{}');
  const found = bullInModules(clone);
  assert.equal(found.length, 2);
  assert.match(found[0], /node_modules\/bull\/package\.json$/);
});
