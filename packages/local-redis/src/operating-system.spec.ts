import { installAdvice, parseOsRelease } from './operating-system.js';

const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n';
const MINT = 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\n';
const ALPINE = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.1\n';

describe('parseOsRelease', () => {
  it('knows Debian and what is like it', () => {
    expect(parseOsRelease(DEBIAN, 'linux', 'x64')).toEqual({
      id: 'debian',
      versionId: '12',
      isDebianLike: true,
      label: 'debian-12-x64',
    });
    expect(parseOsRelease(MINT, 'linux', 'arm64')).toMatchObject({ id: 'linuxmint', isDebianLike: true });
    expect(parseOsRelease(ALPINE, 'linux', 'x64')).toMatchObject({ id: 'alpine', isDebianLike: false });
  });

  it('falls back to the platform', () => {
    expect(parseOsRelease('', 'darwin', 'arm64')).toMatchObject({ id: 'darwin', label: 'darwin-arm64' });
  });
});

describe('installAdvice', () => {
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
});
