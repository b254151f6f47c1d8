import { forSystem, type OsRelease } from '@switchyard/local-server';

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
  const command = forSystem(os, INSTALL);
  const how = command ? `Install one: ${command}.` : 'Install Redis 7 or Valkey (on Windows: inside WSL).';
  return `No Redis server found. ${how} Or set REDIS_SERVER_BINARY to the path of a redis-server.`;
}
