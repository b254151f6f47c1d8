import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parseDepends } from './debian-depends.js';
import { makeDownloads } from './debian-downloads.js';
import { makeFolderOnce } from './make-folder-once.js';
import type { OsRelease } from './operating-system.js';

const execute = promisify(execFile);

/** A program of the distribution, and what of its packages is needed to run it. */
export interface DebianProgram {
  /** What a line of progress calls it: `redis-server`. */
  readonly name: string;
  /** Unpacked in any case, whatever is installed. */
  readonly packages: readonly string[];
  /**
   * What is done about a dependency, by its name: `unpack` it in any case, unpack it `where-missing` on this system, or
   * `leave` it, as what only a system service or an administrator needs. Default: libraries where missing.
   */
  readonly dependency?: (name: string) => 'unpack' | 'where-missing' | 'leave';
  /** The program below the folder that everything was unpacked into; it has to answer to `--version`. */
  readonly locate: (folder: string) => Promise<string | undefined>;
}

export interface FetchDebianProgramOptions {
  readonly program: DebianProgram;
  readonly os: OsRelease;
  /** Where the program's folder is made; nothing is written anywhere else. */
  readonly cacheFolder: string;
  /** Where apt-get and dpkg are looked up. */
  readonly env: NodeJS.ProcessEnv;
  /** Hears one line before anything that takes long. */
  readonly onProgress: (message: string) => void;
}

export interface FetchedProgram {
  readonly path: string;
  /** What the program needs in its environment: where its unpacked libraries are. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The distribution's own program, unpacked below the cache folder together with the libraries this system lacks. Needs
 * no root and runs no package script. Several processes may do this at once.
 *
 * @throws Error of apt-get or dpkg, or of the program when it does not run here.
 */
export async function fetchDebianProgram(options: FetchDebianProgramOptions): Promise<FetchedProgram> {
  const { program, os, cacheFolder, env, onProgress } = options;
  const folder = join(cacheFolder, os.label);
  await makeFolderOnce({
    folder,
    isWhole: async (candidate) => (await program.locate(candidate)) !== undefined,
    async make(unpacked, work) {
      onProgress(`Fetching the ${program.name} package of ${os.id} ${os.versionId} into ${folder}`);
      await unpackWithDependencies(unpacked, work, options);
      // Proves that it runs here before anybody else can see it.
      const { path, env: libraries } = await located(program, unpacked);
      await execute(path, ['--version'], { env: { ...env, ...libraries } });
    },
  });
  return located(program, folder);
}

async function located(program: DebianProgram, folder: string): Promise<FetchedProgram> {
  const path = await program.locate(folder);
  if (path === undefined)
    throw new Error(`${program.packages.join(', ')}: there is no ${program.name} inside`);
  return { path, env: await libraryEnv(folder) };
}

async function unpackWithDependencies(
  unpacked: string,
  work: string,
  { program, env, onProgress }: FetchDebianProgramOptions,
): Promise<void> {
  const { packages, dependency = librariesWhereMissing } = program;
  const download = await makeDownloads(work, env, onProgress);
  const seen = new Set<string>();
  let wanted = [...packages];
  while (wanted.length > 0) {
    wanted.forEach((name) => seen.add(name));
    const alternatives: string[][] = [];
    for (const file of await download(wanted)) {
      await execute('dpkg', ['-x', file, unpacked], { env });
      const { stdout } = await execute('dpkg-deb', ['-f', file, 'Depends'], { env });
      alternatives.push(...parseDepends(stdout));
      await rm(file);
    }
    wanted = [];
    for (const names of alternatives) {
      const [first = ''] = names;
      const treatment = dependency(first);
      if (treatment === 'leave' || names.some((name) => seen.has(name))) continue;
      if (treatment === 'unpack' || !(await isAnyInstalled(names, env))) wanted.push(first);
      names.forEach((name) => seen.add(name));
    }
  }
}

/** What a process loads; the rest of the dependencies (adduser, init scripts) is for a system service. */
const librariesWhereMissing = (name: string) => (/^(lib|lua-)/.test(name) ? 'where-missing' : 'leave');

async function isAnyInstalled(names: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  for (const name of names) {
    const query = ['-W', '-f', '${db:Status-Abbrev}', name];
    const status = await execute('dpkg-query', query, { env }).catch(() => undefined);
    if (status?.stdout.startsWith('ii')) return true;
  }
  return false;
}

/** LD_LIBRARY_PATH with every folder below `folder` that holds a shared library. */
async function libraryEnv(folder: string): Promise<Record<string, string>> {
  const files = await readdir(folder, { recursive: true });
  const folders = new Set(
    files.filter((file) => /\.so(\.\d+)*$/.test(file)).map((file) => dirname(join(folder, file))),
  );
  if (folders.size === 0) return {};
  const inherited = process.env.LD_LIBRARY_PATH;
  return { LD_LIBRARY_PATH: [...folders, ...(inherited ? [inherited] : [])].join(':') };
}
