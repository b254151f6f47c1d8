import { forSystem, parseOsRelease } from './operating-system.js';

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

it('finds what a table says of a system, or of Debian where that is meant', () => {
  const table = { debian: 'apt-get', alpine: 'apk', linuxmint: 'apturl' };
  const found = (text: string, platform = 'linux') => forSystem(parseOsRelease(text, platform, 'x64'), table);
  expect([DEBIAN, MINT, ALPINE].map((text) => found(text))).toEqual(['apt-get', 'apturl', 'apk']);
  expect(found('ID=raspbian\nID_LIKE=debian\n')).toBe('apt-get');
  expect(found('ID=void\n')).toBeUndefined();
  expect(found('', 'win32')).toBeUndefined();
});
