import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parseDepends } from './debian-depends.js';
import type { OsRelease } from './operating-system.js';

const execute = promisify(execFile);
const ABANDONED_AFTER_MS = 15 * 60_000;

export interface FetchDebianRedisOptions {
  readonly os: OsRelease;
  readonly cacheFolder: string;
  /** Where apt-get and dpkg are looked up. */
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (message: string) => void;
}

/**
 * The distribution's own redis-server, unpacked below the cache folder together with the libraries this system
 * lacks. Needs no root and runs no package script; writes nothing outside the cache folder. Several processes may
 * do this at once: each unpacks beside and the first rename wins.
 */
export async function fetchDebianRedis(options: FetchDebianRedisOptions) {
  const { os, cacheFolder, env, onProgress } = options;
  const folder = join(cacheFolder, os.label);
  if (!(await exists(serverIn(folder)))) {
    onProgress(`Fetching the redis-server package of ${os.id} ${os.versionId} into ${folder}`);
    await mkdir(cacheFolder, { recursive: true });
    await removeAbandoned(cacheFolder);
    const work = await mkdtemp(join(cacheFolder, 'fetch-'));
    try {
      const unpacked = join(work, 'unpacked');
      await unpackWithLibraries(work, unpacked, env, onProgress);
      // Proves that it runs here before anybody else can see it.
      await execute(serverIn(unpacked), ['--version'], { env: { ...env, ...(await libraryEnv(unpacked)) } });
      await rename(unpacked, folder).catch(async (error) => {
        if (!(await exists(serverIn(folder)))) throw error;
      });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  return { path: serverIn(folder), env: await libraryEnv(folder) };
}

const serverIn = (folder: string) => join(folder, 'usr', 'bin', 'redis-server');

async function unpackWithLibraries(
  work: string,
  unpacked: string,
  env: NodeJS.ProcessEnv,
  onProgress: (message: string) => void,
): Promise<void> {
  const apt = await makeApt(work, env, onProgress);
  const seen = new Set<string>();
  // redis-server is a link into redis-tools.
  let wanted = ['redis-server', 'redis-tools'];
  while (wanted.length > 0) {
    wanted.forEach((name) => seen.add(name));
    const files = await apt.download(wanted);
    const alternatives: string[][] = [];
    for (const file of files) {
      await execute('dpkg', ['-x', file, unpacked], { env });
      const { stdout } = await execute('dpkg-deb', ['-f', file, 'Depends'], { env });
      alternatives.push(...parseDepends(stdout));
      await rm(file);
    }
    wanted = [];
    for (const names of alternatives) {
      const [first = ''] = names;
      if (!isLibrary(first) || names.some((name) => seen.has(name))) continue;
      if (!(await isAnyInstalled(names, env))) wanted.push(first);
      names.forEach((name) => seen.add(name));
    }
  }
}

/** What a server process loads; the rest of the dependencies (adduser, init scripts) is for a system service. */
const isLibrary = (name: string) => /^(lib|lua-)/.test(name);

async function isAnyInstalled(names: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  for (const name of names) {
    const query = ['-W', '-f', '${db:Status-Abbrev}', name];
    const status = await execute('dpkg-query', query, { env }).catch(() => undefined);
    if (status?.stdout.startsWith('ii')) return true;
  }
  return false;
}

/**
 * apt with every folder it writes to below `work`. The system's package lists are read when they are there and
 * still true; else lists of our own are downloaded.
 */
async function makeApt(work: string, env: NodeJS.ProcessEnv, onProgress: (message: string) => void) {
  const downloads = join(work, 'downloads');
  const lists = join(work, 'lists');
  const cache = join(work, 'cache');
  for (const folder of [downloads, join(lists, 'partial'), join(cache, 'archives', 'partial')]) {
    await mkdir(folder, { recursive: true });
  }
  const common = [
    `Dir::Cache ${JSON.stringify(cache)};`,
    'APT::Sandbox::User "";',
    'Acquire::Retries "2";',
    'Acquire::http::Timeout "20";',
    'Acquire::https::Timeout "20";',
    // Container images clean the system's apt folders in these hooks.
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
  ];
  const system = join(work, 'system.conf');
  const own = join(work, 'own.conf');
  await writeFile(system, `${common.join('\n')}\n`);
  await writeFile(own, `${common.join('\n')}\nDir::State::lists ${JSON.stringify(lists)};\n`);

  const aptGet = (config: string, ...args: string[]) =>
    execute('apt-get', ['-q', '-c', config, ...args], {
      cwd: downloads,
      env: { ...env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 16 * 1024 * 1024,
    });
  let config = system;
  return {
    async download(names: readonly string[]): Promise<string[]> {
      onProgress(`Downloading ${names.join(', ')}`);
      try {
        await aptGet(config, 'download', ...names);
      } catch (error) {
        if (config === own) throw error;
        onProgress('The package lists are missing or stale: downloading fresh ones');
        config = own;
        await aptGet(config, 'update');
        await aptGet(config, 'download', ...names);
      }
      const files = await readdir(downloads);
      return files.filter((file) => file.endsWith('.deb')).map((file) => join(downloads, file));
    },
  };
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

async function removeAbandoned(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    if (!name.startsWith('fetch-')) continue;
    const folder = join(cacheFolder, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
