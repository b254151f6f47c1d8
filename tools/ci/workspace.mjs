// What every script here needs to know about the clone it runs in.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Ignored by git; everything these scripts write besides node_modules, dist and .nx goes here. */
export const cacheFolder = join(root, '.cache');

/** Progress goes to stderr, so that stdout carries only what was asked for. */
export const say = (message) => process.stderr.write(`${message}\n`);

/** An error whose message is all the user needs to see. */
export class PlainError extends Error {}

/** `20.19.3` satisfies `>=20.19`; compares numbers, knows no other operator. */
export function satisfiesMinimum(version, range) {
  const minimum = range.replace('>=', '').split('.').map(Number);
  const actual = version.split('.').map(Number);
  const at = minimum.findIndex((part, index) => part !== actual[index]);
  return at < 0 || actual[at] > minimum[at];
}

export function requireNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (satisfiesMinimum(process.versions.node, engines.node)) return;
  throw new PlainError(
    `Switchyard needs Node ${engines.node}; this is ${process.versions.node} (${process.execPath}).`,
  );
}

/**
 * The environment of whatever runs below. Nx starts no background process and, like everything else, keeps its
 * files inside the clone: by default it shares a cache in the home folder with other clones of the same project.
 */
export function toolEnv(extra = {}) {
  return {
    ...process.env,
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    NX_TUI: 'false',
    NX_ISOLATE_PLUGINS: 'false',
    // A pseudo-terminal would put tasks into sessions of their own, out of reach of a Ctrl-C.
    NX_NATIVE_COMMAND_RUNNER: 'false',
    npm_config_update_notifier: 'false',
    npm_config_cache: join(cacheFolder, 'npm'),
    ...foldersIn(root),
    ...extra,
  };
}

/** Where tools that work on a clone, or a copy of one, put their files. */
export function foldersIn(clone) {
  const temporary = join(clone, '.cache', 'tmp');
  mkdirSync(temporary, { recursive: true });
  return {
    NX_CACHE_DIRECTORY: join(clone, '.nx', 'cache'),
    NX_WORKSPACE_DATA_DIRECTORY: join(clone, '.nx', 'workspace-data'),
    NX_NATIVE_FILE_CACHE_DIRECTORY: join(clone, '.cache', 'nx-native'),
    TMPDIR: temporary,
  };
}

/** The package.json of every workspace, with its folder as seen from the root. */
export function workspaces(at = root) {
  const read = (folder) => JSON.parse(readFileSync(join(at, folder, 'package.json'), 'utf8'));
  return read('.')
    .workspaces.flatMap((pattern) =>
      pattern.endsWith('/*')
        ? readdirSync(join(at, dirname(pattern))).map((name) => join(dirname(pattern), name))
        : [pattern],
    )
    .filter((folder) => existsSync(join(at, folder, 'package.json')))
    .map((folder) => ({ folder, ...read(folder) }));
}

export const projectsWithRedisSpecs = () =>
  workspaces()
    .filter(({ scripts }) => scripts?.['test:redis'])
    .map(({ name }) => name);

/**
 * A new folder for temporary files outside of this clone: Node looks for packages in every folder above, and would find
 * this clone's. TMPDIR lies inside.
 */
export function makeFolderOutside(prefix) {
  const places = [tmpdir(), '/tmp'].filter(existsSync).map((place) => realpathSync(place));
  const place = places.find((folder) => relative(root, folder).startsWith('..'));
  if (!place) throw new PlainError(`Every folder for temporary files lies inside ${root}.`);
  return mkdtempSync(join(place, prefix));
}

/** The file behind an installed package's command, to be run with `process.execPath`. */
export function binOf(name, clone = root) {
  const folder = join(clone, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[name === 'typescript' ? 'tsc' : name]);
}

/** Runs a script's main function: its number is the exit code, a PlainError is one line, anything else a stack. */
export async function main(body) {
  try {
    requireNode();
    process.exitCode = (await body(process.argv.slice(2))) ?? 0;
  } catch (error) {
    say(error instanceof PlainError ? error.message : error.stack);
    process.exitCode = 1;
  }
}
