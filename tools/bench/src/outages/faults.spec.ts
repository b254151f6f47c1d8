import { ALL_FAULTS, describeFault, FEW_FAULTS } from './faults.js';

const restarts = (faults: typeof ALL_FAULTS) => faults.filter(({ type }) => type === 'restart');

it('are twenty restarts, half of them by kill -9, and twenty cuts', () => {
  expect(ALL_FAULTS).toHaveLength(40);
  expect(restarts(ALL_FAULTS)).toHaveLength(20);
  expect(restarts(ALL_FAULTS).filter((fault) => fault.type === 'restart' && fault.kill)).toHaveLength(10);
});

it('break every kind of connection in every way', () => {
  const cuts = ALL_FAULTS.flatMap((fault) => (fault.type === 'restart' ? [] : [fault]));
  for (const victim of ['all', 'command', 'wait', 'events'] as const) {
    const ways = cuts.filter(({ of }) => of === victim).map(({ type }) => type);
    expect(ways.sort()).toEqual(['half-close to-client', 'half-close to-server', 'reset', 'stall', 'stall']);
  }
});

it('have a short form with three of each', () => {
  expect([FEW_FAULTS.length, restarts(FEW_FAULTS).length]).toEqual([6, 3]);
});

it('are described, each in its own words', () => {
  expect(describeFault({ type: 'restart', kill: true, downMs: 300 })).toBe('kill -9, back after 300 ms');
  expect(describeFault({ type: 'reset', of: 'wait' })).toBe('reset, wait');
  expect(describeFault({ type: 'stall', of: 'all', forMs: 500, then: 'reset' })).toBe(
    'stall both ways for 500 ms, then reset, all',
  );
});
