import type { QueueControl } from '@switchyard/queue-contract';
import type { Side } from './route.js';
import { onSide, type Sides } from './sides.js';

/** Pauses and resumes a queue also where an engine is away just now that the queue is done with: when it is back. */
export interface OwedControls {
  readonly control: QueueControl;
  /** Does on a side what was asked for while it was away. */
  settle(side: Side): Promise<void>;
}

/** @param left the sides that are left out at the moment */
export function createOwedControls(
  sides: Sides,
  control: QueueControl,
  left: () => readonly Side[],
): OwedControls {
  const owed = new Map<Side, 'pause' | 'resume'>();
  const everywhere = async (what: 'pause' | 'resume'): Promise<void> => {
    const without = left();
    for (const side of without) owed.set(side, what);
    await control[what]();
  };
  return {
    control: { ...control, pause: () => everywhere('pause'), resume: () => everywhere('resume') },
    async settle(side) {
      const what = owed.get(side);
      if (what === undefined) return;
      await onSide(sides, side).control[what]();
      if (owed.get(side) === what) owed.delete(side);
    },
  };
}
