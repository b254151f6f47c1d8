import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DebianProgram } from '@switchyard/local-server';

/** Where Debian and Ubuntu put every version, each with a bin folder of its own. */
export const DEBIAN_FOLDER = join('usr', 'lib', 'postgresql');

/** The version of the distribution's release, by the package that depends on it. */
export const debianPostgres: DebianProgram = {
  name: 'postgresql',
  packages: ['postgresql'],
  dependency: (name) => {
    // A server looks for its other files beside its own program, so an installed one is of no use to it.
    if (/^postgresql-\d+$/.test(name)) return 'unpack';
    // Over 100 MB, and loaded for just-in-time compilation only, which is turned off.
    if (/^libllvm/.test(name)) return 'leave';
    return name.startsWith('lib') ? 'where-missing' : 'leave';
  },
  locate: async (folder) => {
    const [newest] = await binFoldersIn(join(folder, DEBIAN_FOLDER));
    return newest && join(newest, 'postgres');
  },
};

/** The bin folders with a server in a folder that has one folder for each version; the newest comes first. */
export async function binFoldersIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const versions = names.filter((name) => /^\d/.test(name)).sort((a, b) => Number(b) - Number(a));
  const bins: string[] = [];
  for (const version of versions) {
    const bin = join(folder, version, 'bin');
    const hasServer = await access(join(bin, 'postgres')).then(
      () => true,
      () => false,
    );
    if (hasServer) bins.push(bin);
  }
  return bins;
}
