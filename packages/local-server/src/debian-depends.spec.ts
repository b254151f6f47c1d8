import { parseDepends } from './debian-depends.js';

it('reads alternatives without versions, architectures and qualifiers', () => {
  expect(
    parseDepends(
      'adduser, libc6 (>= 2.34), libsystemd0 | libelogind0 (>= 1), libssl3:any, lua-cjson [amd64]\n',
    ),
  ).toEqual([['adduser'], ['libc6'], ['libsystemd0', 'libelogind0'], ['libssl3'], ['lua-cjson']]);
});

it('reads a field over several lines, and an empty one', () => {
  expect(parseDepends('libatomic1 (>= 4.8),\n libjemalloc2\n')).toEqual([['libatomic1'], ['libjemalloc2']]);
  expect(parseDepends('\n')).toEqual([]);
});
