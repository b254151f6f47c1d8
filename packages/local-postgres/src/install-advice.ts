import { forSystem, type OsRelease } from '@switchyard/local-server';

const INSTALL: Readonly<Record<string, string>> = {
  darwin: 'brew install postgresql@17 (and put its bin folder on PATH)',
  alpine: 'apk add postgresql',
  debian: 'apt-get install postgresql',
  ubuntu: 'apt-get install postgresql',
  fedora: 'dnf install postgresql-server',
  rhel: 'dnf install postgresql-server',
  centos: 'dnf install postgresql-server',
  rocky: 'dnf install postgresql-server',
  almalinux: 'dnf install postgresql-server',
  amzn: 'dnf install postgresql15-server',
  arch: 'pacman -S postgresql',
  opensuse: 'zypper install postgresql-server',
};

/** One sentence that says what to install, and the way around it. */
export function installAdvice(os: OsRelease): string {
  const command = forSystem(os, INSTALL);
  const how = command
    ? `Install one: ${command}.`
    : 'Install PostgreSQL 14 or newer (on Windows: inside WSL).';
  return `No PostgreSQL server found. ${how} Or set POSTGRES_BIN_DIR to the folder with its postgres and initdb.`;
}
