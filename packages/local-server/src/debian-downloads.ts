import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Downloads packages by name and answers with the files. */
export type DownloadPackages = (names: readonly string[]) => Promise<string[]>;

/**
 * apt with every folder it writes to below `work`. The system's package lists are read when they are there and
 * still true; else lists of our own are downloaded.
 */
export async function makeDownloads(
  work: string,
  env: NodeJS.ProcessEnv,
  onProgress: (message: string) => void,
): Promise<DownloadPackages> {
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
  return async (names) => {
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
  };
}
