import type { ClientEntry } from '@switchyard/local-redis';
import type { Victim } from './faults.js';

/** What a connection is for, by the last command that the server saw on it. */
export function purposeOf({ cmd, flags }: Pick<ClientEntry, 'cmd' | 'flags'>): Exclude<Victim, 'all'> {
  if (cmd === 'xread' || flags.includes('P')) return 'events';
  if (cmd === 'bzpopmin' || cmd === 'brpoplpush') return 'wait';
  return 'command';
}

/** The addresses of those that a fault is meant for. */
export function addressesOf(victim: Victim, clients: readonly ClientEntry[]): Set<string> {
  return new Set(
    clients.filter((client) => victim === 'all' || purposeOf(client) === victim).map(({ addr }) => addr),
  );
}
