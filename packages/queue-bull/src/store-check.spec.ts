import { findProblem } from './store-check.js';

const info = (lines: Record<string, string>) =>
  `# Server\r\n${Object.entries(lines)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('')}`;

describe('whether a Redis is fit for queues', () => {
  test.each([['5.0.0'], ['6.2.14'], ['7.0.15'], ['10.0.0']])('version %s is', (redis_version) => {
    expect(findProblem(info({ redis_version, role: 'master', maxmemory_policy: 'noeviction' }))).toBeNull();
  });

  test.each([['2.8.18'], ['4.0.14']])('version %s is too old', (redis_version) => {
    expect(findProblem(info({ redis_version }))).toContain(`${redis_version} is too old`);
  });

  test('a writable replica is, a read-only one is not', () => {
    expect(findProblem(info({ role: 'slave', slave_read_only: '0' }))).toBeNull();
    expect(findProblem(info({ role: 'slave', slave_read_only: '1' }))).toContain('read-only');
  });

  test('one that is loading, or drops keys, is not', () => {
    expect(findProblem(info({ loading: '1' }))).toContain('loading');
    expect(findProblem(info({ maxmemory_policy: 'volatile-lru' }))).toContain('volatile-lru');
  });

  test('a node of a cluster is not', () => {
    expect(findProblem(info({ redis_mode: 'cluster' }))).toContain('one server, or Sentinel');
    expect(findProblem(info({ redis_mode: 'standalone' }))).toBeNull();
    expect(findProblem(info({ redis_mode: 'sentinel' }))).toContain('Sentinel itself');
  });

  test('one that does not say is', () => {
    expect(findProblem('')).toBeNull();
  });
});
