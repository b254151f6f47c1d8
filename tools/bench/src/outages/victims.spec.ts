import type { ClientEntry } from '@switchyard/local-redis';
import { addressesOf, purposeOf } from './victims.js';

const client = (addr: string, cmd: string, flags = 'N') => ({ addr, cmd, flags }) as ClientEntry;

const clients = [
  client('command:1', 'evalsha'),
  client('wait:1', 'bzpopmin', 'b'),
  client('wait:2', 'brpoplpush', 'b'),
  client('events:1', 'xread', 'b'),
  client('events:2', 'psubscribe', 'P'),
];

it('are told by the last command of a connection', () => {
  for (const each of clients) expect(each.addr).toMatch(purposeOf(each));
});

it('are those of one purpose, or all', () => {
  expect([...addressesOf('wait', clients)]).toEqual(['wait:1', 'wait:2']);
  expect([...addressesOf('events', clients)]).toEqual(['events:1', 'events:2']);
  expect(addressesOf('all', clients).size).toBe(5);
});
