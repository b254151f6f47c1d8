import { Cluster, type Redis } from 'ioredis';
import { onNodeGone } from './cluster-nodes.js';

const node = (port: number) => ({ options: { host: 'redis-1', port } }) as Redis;

it('however many ask which nodes are gone, the lent client has one listener, and none when nobody does', () => {
  const lent = new Cluster([{ port: 1 }], { lazyConnect: true });
  const own = () => undefined;
  lent.on('-node', own);
  const heard: string[] = [];
  const ends = Array.from({ length: 20 }, (_, index) =>
    onNodeGone(lent, ({ port }) => heard.push(`${index}: ${port}`)),
  );
  expect(lent.listenerCount('-node')).toBe(2);
  lent.emit('-node', node(7001));
  expect(heard).toHaveLength(20);
  ends.pop()?.();
  lent.emit('-node', node(7002));
  expect(heard.slice(20)).toEqual(ends.map((_, index) => `${index}: 7002`));
  // Twice is once.
  for (const end of [...ends, ...ends]) end();
  expect(lent.listeners('-node')).toEqual([own]);
  onNodeGone(lent, () => heard.push('again'))();
  expect(lent.listeners('-node')).toEqual([own]);
});
