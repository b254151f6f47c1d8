import fc from 'fast-check';
import { billedCommands, commandsBetween, parseCommandStats } from './command-stats.js';

const INFO = [
  '# Commandstats',
  'cmdstat_get:calls=3,usec=12,usec_per_call=4.00,rejected_calls=0,failed_calls=0',
  'cmdstat_evalsha:calls=2,usec=80,usec_per_call=40.00,rejected_calls=0,failed_calls=1',
  'cmdstat_config|get:calls=5,usec=9,usec_per_call=1.80,rejected_calls=0,failed_calls=0',
  'cmdstat_client|list:calls=1,usec=9,usec_per_call=9.00,rejected_calls=0,failed_calls=0',
  'cmdstat_CLUSTER:calls=7,usec=9,usec_per_call=9.00',
  'total_commands_processed:99',
  '',
].join('\r\n');

const NOT_BILLED = ['auth', 'hello', 'select', 'command', 'config', 'info', 'ping', 'reset', 'quit'];
const command = fc.constantFrom('get', 'xadd', 'evalsha', 'bzpopmin', 'client', 'exec');
const notBilled = fc.constantFrom(...NOT_BILLED);
const subcommand = fc.option(fc.constantFrom('get', 'set', 'list', 'info'), { nil: undefined });
const calls = fc.integer({ min: 0, max: 1_000_000 });
const counted = (name: fc.Arbitrary<string>) =>
  fc
    .tuple(name, subcommand, calls, calls)
    .map(([base, sub, before, more]) => ({ name: sub ? `${base}|${sub}` : base, before, more }));

describe('parseCommandStats', () => {
  it('reads calls by lower-case name and keeps subcommands apart', () => {
    expect(Object.fromEntries(parseCommandStats(INFO))).toEqual({
      get: 3,
      evalsha: 2,
      'config|get': 5,
      'client|list': 1,
      cluster: 7,
    });
  });

  it('reads back whatever a server could write', () => {
    fc.assert(
      fc.property(fc.uniqueArray(counted(command), { selector: (entry) => entry.name }), (entries) => {
        const info = entries.map(({ name, more }) => `cmdstat_${name}:calls=${more},usec=1`).join('\r\n');
        expect([...parseCommandStats(info)]).toEqual(entries.map(({ name, more }) => [name, more]));
      }),
    );
  });
});

describe('commandsBetween', () => {
  it('names only what was called', () => {
    const before = new Map([
      ['get', 3],
      ['set', 4],
    ]);
    const after = new Map([
      ['get', 5],
      ['set', 4],
      ['del', 1],
    ]);
    expect([...commandsBetween(before, after)]).toEqual([
      ['get', 2],
      ['del', 1],
    ]);
  });

  it('takes the later count when the server started counting anew', () => {
    expect([...commandsBetween(new Map([['get', 100]]), new Map([['get', 4]]))]).toEqual([['get', 4]]);
  });
});

describe('billedCommands', () => {
  it('is what was called in between, whatever else was called that is not billed', () => {
    const entries = (name: fc.Arbitrary<string>) =>
      fc.uniqueArray(counted(name), { selector: (entry) => entry.name });
    fc.assert(
      fc.property(entries(command), entries(notBilled), (billed, free) => {
        const all = [...billed, ...free];
        const before = new Map(all.map((entry) => [entry.name, entry.before]));
        const after = new Map(all.map((entry) => [entry.name, entry.before + entry.more]));
        expect(billedCommands(before, after)).toBe(billed.reduce((sum, { more }) => sum + more, 0));
      }),
    );
  });

  it.each(NOT_BILLED)('does not bill %s and its subcommands', (name) => {
    const after = new Map([
      [name, 5],
      [`${name}|get`, 7],
      ['get', 1],
    ]);
    expect(billedCommands(new Map(), after)).toBe(1);
  });

  it('bills a command whose name only begins like a free one', () => {
    expect(billedCommands(new Map(), new Map([['hellox', 2]]))).toBe(2);
  });
});
