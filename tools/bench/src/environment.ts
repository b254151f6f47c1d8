import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly platform: string;
}

export function thisMachine(): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${arch()}`,
  };
}

const require = createRequire(import.meta.url);

/** The versions that are installed, not those that were asked for. */
export function installedVersions(packages: readonly string[]): Record<string, string> {
  return Object.fromEntries(packages.map((name) => [name, installedVersion(name)]));
}

/** Read from the folder: a package need not export its package.json. */
function installedVersion(name: string): string {
  const manifests = require.resolve.paths(name)?.map((folder) => join(folder, name, 'package.json')) ?? [];
  const manifest = manifests.find((path) => existsSync(path));
  if (!manifest) throw new Error(`${name} is not installed`);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return version.replace(/^v/, '');
}
