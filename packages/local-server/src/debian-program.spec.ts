import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchDebianProgram, type DebianProgram } from './debian-program.js';
import { parseOsRelease } from './operating-system.js';

// Stand-ins for the package tools: a "package" is a text file whose name says what it is.
const APT_GET = `#!/bin/sh
echo "$*" >> "$FAKE/calls"
case "$*" in
  *" update") touch "$FAKE/updated"; exit 0;;
esac
[ -e "$FAKE/lists" ] || [ -e "$FAKE/updated" ] || { echo "E: Unable to locate package" >&2; exit 100; }
while [ "$1" != download ]; do shift; done
shift
for name; do echo "$name" > "\${name}_1_amd64.deb"; done
`;
const DPKG = `#!/bin/sh
[ "$1" = -x ] || exit 2
mkdir -p "$3/usr/bin" "$3/usr/lib"
case "$(cat "$2")" in
  example-server) ln -s check-example "$3/usr/bin/example-server";;
  example-tools) cp "$FAKE/server" "$3/usr/bin/check-example";;
  lib*) touch "$3/usr/lib/$(cat "$2").so.1";;
esac
`;
const DPKG_DEB = `#!/bin/sh
case "$(cat "$2")" in
  example) echo "example-server";;
  example-server) echo "init-system-helpers (>= 1), lsb-base | sysvinit-utils, example-tools (= 1)";;
  example-tools) echo "adduser, libc6 (>= 2), liblzf1, libsystemd0 | libelogind0";;
  liblzf1) echo "libc6, libdeep";;
esac
`;
const DPKG_QUERY = `#!/bin/sh
case "$4" in libc6|libelogind0|example-server) printf 'ii ';; *) exit 1;; esac
`;
const SERVER = `#!/bin/sh
case "$LD_LIBRARY_PATH" in */usr/lib) ;; *) echo "no libraries" >&2; exit 127;; esac
`;

const program: DebianProgram = {
  name: 'example-server',
  packages: ['example-server', 'example-tools'],
  locate: async (unpacked) => {
    const path = join(unpacked, 'usr/bin/example-server');
    return existsSync(path) ? path : undefined;
  },
};
const os = parseOsRelease('ID=debian\nVERSION_ID="12"\n', 'linux', 'x64');
let folder: string;
let cacheFolder: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'debian-program-'));
  cacheFolder = join(folder, 'cache');
  env = { PATH: `${folder}:${process.env.PATH}`, FAKE: folder };
  const tools = { 'apt-get': APT_GET, dpkg: DPKG, 'dpkg-deb': DPKG_DEB, 'dpkg-query': DPKG_QUERY };
  for (const [name, script] of Object.entries({ ...tools, server: SERVER })) {
    await writeFile(join(folder, name), script, { mode: 0o755 });
  }
  await writeFile(join(folder, 'lists'), '');
});

afterEach(() => rm(folder, { recursive: true }));

const fetched = (progress: string[] = [], of = program) =>
  fetchDebianProgram({
    program: of,
    os,
    cacheFolder,
    env,
    onProgress: (message) => progress.push(message),
  });
const aptCalls = async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
const downloads = async () => (await aptCalls()).map((call) => call.replace(/.* download /, ''));

describe('fetchDebianProgram', () => {
  it('unpacks the server with the libraries that the system lacks, theirs included', async () => {
    const server = await fetched();
    const home = join(cacheFolder, 'debian-12-x64');
    expect(server).toEqual({
      path: join(home, 'usr/bin/example-server'),
      env: { LD_LIBRARY_PATH: join(home, 'usr/lib') },
    });
    const libraries = (await readdir(join(home, 'usr/lib'))).sort();
    expect(libraries).toEqual(['libdeep.so.1', 'liblzf1.so.1']);
    expect(await downloads()).toEqual(['example-server example-tools', 'liblzf1', 'libdeep']);
  });

  it('does about a dependency what the program says, whatever is installed', async () => {
    const dependency = (name: string) => {
      if (name === 'libdeep') return 'leave';
      return name.startsWith('lib') ? 'where-missing' : name.startsWith('example-') ? 'unpack' : 'leave';
    };
    await fetched([], { ...program, packages: ['example'], dependency });
    expect(await downloads()).toEqual(['example', 'example-server', 'example-tools', 'liblzf1']);
  });

  it('says when the program is not in its packages', async () => {
    const search = fetched([], { ...program, packages: ['example-tools'] });
    await expect(search).rejects.toThrow('example-tools: there is no example-server inside');
    expect(await readdir(cacheFolder)).toEqual([]);
  });

  it('keeps what it fetched, and nothing else', async () => {
    await fetched();
    const calls = await aptCalls();
    const progress: string[] = [];
    await fetched(progress);
    expect(await aptCalls()).toEqual(calls);
    expect(progress).toEqual([]);
    expect(await readdir(cacheFolder)).toEqual(['debian-12-x64']);
  });

  it('downloads package lists of its own when there are none', async () => {
    await rm(join(folder, 'lists'));
    const progress: string[] = [];
    await fetched(progress);
    expect(progress).toContainEqual(expect.stringContaining('package lists'));
    expect((await aptCalls()).filter((call) => call.endsWith(' update'))).toHaveLength(1);
  });

  it('lets nobody see a server that does not run here', async () => {
    await writeFile(join(folder, 'server'), '#!/bin/sh\nexit 127\n');
    await expect(fetched()).rejects.toThrow('--version');
    expect(await readdir(cacheFolder)).toEqual([]);
  });

  it('serves several callers at once', async () => {
    const servers = await Promise.all([1, 2, 3, 4].map(() => fetched()));
    expect(new Set(servers.map((server) => server.path)).size).toBe(1);
    expect(existsSync(servers[0]?.path ?? '')).toBe(true);
    expect(await readdir(cacheFolder)).toEqual(['debian-12-x64']);
  });

  it('replaces what is there but holds no server', async () => {
    await mkdir(join(cacheFolder, 'debian-12-x64'), { recursive: true });
    const server = await fetched();
    expect(existsSync(server.path)).toBe(true);
  });
});
