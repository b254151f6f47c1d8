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

const INSTALL: Readonly<Record<string, string>> = {
  darwin: 'brew install redis',
  alpine: 'apk add redis',
  debian: 'apt-get install redis-server',
  ubuntu: 'apt-get install redis-server',
  fedora: 'dnf install valkey',
  rhel: 'dnf install redis',
  centos: 'dnf install redis',
  rocky: 'dnf install redis',
  almalinux: 'dnf install redis',
  amzn: 'dnf install redis6',
  arch: 'pacman -S valkey',
  opensuse: 'zypper install redis',
};

/** One sentence that says what to install, and the way around it. */
export function installAdvice(os: OsRelease): string {
  const command =
    os.id === 'win32' ? undefined : (INSTALL[os.id] ?? (os.isDebianLike ? INSTALL.debian : undefined));
  const how = command ? `Install one: ${command}.` : 'Install Redis 7 or Valkey (on Windows: inside WSL).';
  return `No Redis server found. ${how} Or set REDIS_SERVER_BINARY to the path of a redis-server.`;
}
