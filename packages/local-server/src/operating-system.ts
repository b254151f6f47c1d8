import { readFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';

export interface OsRelease {
  /** `debian`, `ubuntu`, `alpine`, `darwin` …: ID of os-release, else Node's platform. */
  readonly id: string;
  readonly versionId: string;
  readonly isDebianLike: boolean;
  /** Tells apart what cannot run each other's binaries: `debian-12-x64`. */
  readonly label: string;
}

export async function readOsRelease(): Promise<OsRelease> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return parseOsRelease(platform() === 'linux' ? text : '', platform(), arch());
}

/** Reads `/etc/os-release`; its text is empty where there is none. */
export function parseOsRelease(text: string, nodePlatform: string, nodeArch: string): OsRelease {
  const field = (name: string) => new RegExp(`^${name}=["']?([^"'\\n]*)`, 'm').exec(text)?.[1] ?? '';
  const id = field('ID') || nodePlatform;
  const versionId = field('VERSION_ID');
  const family = [id, ...field('ID_LIKE').split(/\s+/)];
  return {
    id,
    versionId,
    isDebianLike: family.includes('debian') || family.includes('ubuntu'),
    label: [id, versionId, nodeArch]
      .filter(Boolean)
      .join('-')
      .replace(/[^\w.-]/g, '_'),
  };
}

/** What a table says of this system, by its id, and of a relative of Debian what it says of Debian. */
export function forSystem<T>(os: OsRelease, table: Readonly<Record<string, T>>): T | undefined {
  return table[os.id] ?? (os.isDebianLike ? table.debian : undefined);
}
