import { parseOsRelease } from '@switchyard/local-server';
import { installAdvice } from './install-advice.js';

it.each([
  ['', 'darwin', 'brew install postgresql'],
  ['ID=alpine\n', 'linux', 'apk add postgresql'],
  ['ID=debian\n', 'linux', 'apt-get install postgresql'],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'linux', 'apt-get install postgresql'],
  ['ID=fedora\n', 'linux', 'dnf install postgresql-server'],
  ['', 'win32', 'WSL'],
  ['ID=void\n', 'linux', 'Install PostgreSQL 14'],
])('says what to install (%#)', (text, platform, expected) => {
  const advice = installAdvice(parseOsRelease(text, platform, 'x64'));
  expect(advice).toContain(expected);
  expect(advice).toContain('POSTGRES_BIN_DIR');
});
