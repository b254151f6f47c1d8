import { parseOsRelease } from '@switchyard/local-server';
import { installAdvice } from './install-advice.js';

const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n';
const MINT = 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\n';
const ALPINE = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.1\n';

it.each([
  ['', 'darwin', 'brew install redis'],
  [ALPINE, 'linux', 'apk add redis'],
  [DEBIAN, 'linux', 'apt-get install redis-server'],
  [MINT, 'linux', 'apt-get install redis-server'],
  ['ID=fedora\n', 'linux', 'dnf install valkey'],
  ['', 'win32', 'WSL'],
  ['ID=void\n', 'linux', 'Install Redis 7 or Valkey'],
])('says what to install (%#)', (text, platform, expected) => {
  const advice = installAdvice(parseOsRelease(text, platform, 'x64'));
  expect(advice).toContain(expected);
  expect(advice).toContain('REDIS_SERVER_BINARY');
});
