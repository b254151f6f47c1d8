// What it takes to remove Bull from a clone, and how to tell that nothing of it is left.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PlainError, workspaces } from './workspace.mjs';

const FOLDER = 'packages/queue-bull';
const ENGINE = '@switchyard/queue-bull';
const COMPOSITION_ROOT = 'apps/catchup/src/composition-root.ts';

/**
 * Deletes the folder of the engine, and its one line in the composition root; nothing else.
 *
 * @returns `deleted`, to be told, and `projects`, those that knew Bull in one way or another
 */
export function takeBullOut(clone) {
  const file = join(clone, COMPOSITION_ROOT);
  const lines = readFileSync(file, 'utf8').split('\n');
  const naming = lines.filter((line) => line.includes(`'${ENGINE}'`));
  if (naming.length !== 1) {
    throw new PlainError(`${COMPOSITION_ROOT} names ${ENGINE} on ${naming.length} lines, not on one.`);
  }
  const projects = workspaces(clone)
    .filter(({ folder }) => folder !== FOLDER && mentions(join(clone, folder), ENGINE))
    .map(({ name }) => name);
  rmSync(join(clone, FOLDER), { recursive: true });
  writeFileSync(file, lines.filter((line) => line !== naming[0]).join('\n'));
  return {
    deleted: [
      `folder ${FOLDER}`,
      `line ${lines.indexOf(naming[0]) + 1} of ${COMPOSITION_ROOT}: ${naming[0].trim()}`,
    ],
    projects,
  };
}

/** Packages called `bull` under whatever name, as the lock file and npm's record of node_modules have them. */
export function bullInLockFile(clone) {
  return ['package-lock.json', join('node_modules', '.package-lock.json')].flatMap((file) =>
    Object.entries(JSON.parse(readFileSync(join(clone, file), 'utf8')).packages)
      .filter(([path, { name = path.split('node_modules/').at(-1) }]) => name === 'bull' || name === ENGINE)
      .map(([path]) => `${path} in ${file}`),
  );
}

/** Where a workspace would still find Bull; also in folders above the clone. */
export function bullInModules(clone) {
  return workspaces(clone).flatMap(({ folder }) => {
    const { resolve } = createRequire(join(clone, folder, 'package.json'));
    return ['bull', ENGINE].flatMap((name) => {
      try {
        return [resolve(`${name}/package.json`)];
      } catch {
        return [];
      }
    });
  });
}

function mentions(folder, text) {
  const sources = join(folder, 'src');
  if (!existsSync(sources)) return false;
  return readdirSync(sources, { recursive: true, withFileTypes: true }).some(
    (entry) =>
      entry.isFile() && readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8').includes(text),
  );
}
