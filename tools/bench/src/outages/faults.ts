/** Which connections of an app a fault hits. */
export type Victim = 'all' | 'command' | 'wait' | 'events';

export type Fault =
  /** The server goes, gracefully or by `kill -9`, stays away for so long, and comes back with what it had on disk. */
  | { readonly type: 'restart'; readonly kill: boolean; readonly downMs: number }
  /** Connections break; the server stays. */
  | { readonly type: 'reset' | 'half-close to-client' | 'half-close to-server'; readonly of: Victim }
  /** Connections fall silent, and then go on or are reset. */
  | {
      readonly type: 'stall';
      readonly of: Victim;
      readonly direction?: 'to-client' | 'to-server';
      readonly forMs: number;
      readonly then: 'resume' | 'reset';
    };

const VICTIMS: readonly Victim[] = ['all', 'command', 'wait', 'events'];
const DOWN_MS = [0, 300, 1000, 2500, 6000];
const STALL_MS = 2000;

const restarts: readonly Fault[] = Array.from({ length: 20 }, (_, index) => ({
  type: 'restart',
  kill: index % 2 === 1,
  downMs: DOWN_MS[Math.floor(index / 2) % DOWN_MS.length] ?? 0,
}));

const stall = { type: 'stall', forMs: STALL_MS } as const;

const cuts: readonly Fault[] = VICTIMS.flatMap((of): Fault[] => [
  { type: 'reset', of },
  { type: 'half-close to-client', of },
  { type: 'half-close to-server', of },
  { ...stall, of, then: 'resume' },
  { ...stall, of, then: 'reset', direction: of === 'command' ? 'to-server' : 'to-client' },
]);

/** Twenty restarts and twenty cuts, in turns. */
export const ALL_FAULTS: readonly Fault[] = restarts.flatMap((restart, index) => {
  const cut = cuts[index];
  return cut ? [restart, cut] : [restart];
});

/** Three restarts and three cuts. */
export const FEW_FAULTS: readonly Fault[] = [
  { type: 'restart', kill: true, downMs: 300 },
  { type: 'reset', of: 'all' },
  { type: 'restart', kill: false, downMs: 0 },
  { type: 'half-close to-client', of: 'wait' },
  { type: 'restart', kill: true, downMs: 0 },
  { type: 'stall', of: 'all', forMs: 500, then: 'reset' },
];

export function describeFault(fault: Fault): string {
  if (fault.type === 'restart') {
    return `${fault.kill ? 'kill -9' : 'shutdown'}, back after ${fault.downMs} ms`;
  }
  if (fault.type !== 'stall') return `${fault.type}, ${fault.of}`;
  return `stall ${fault.direction ?? 'both ways'} for ${fault.forMs} ms, then ${fault.then}, ${fault.of}`;
}
