import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseVersion } from './servers.mjs';

test('a server is known by what it says of itself, not by the name of its file', () => {
  const redis = 'Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1\n';
  assert.deepEqual(parseVersion(redis), { name: 'Redis', version: '7.0.15' });
  const valkey = 'Valkey server v=8.0.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1\n';
  assert.deepEqual(parseVersion(valkey), { name: 'Valkey', version: '8.0.1' });
  assert.equal(parseVersion('redis-cli 7.0.15\n'), null);
});
