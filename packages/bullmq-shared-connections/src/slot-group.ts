import type { SharedParts } from './backends.js';
import type { Clock } from './clock.js';
import type { Settings } from './options.js';
import type { Origin } from './origin.js';
import { createRecovery } from './recovery.js';
import { SharedEvents } from './shared-events.js';
import { SharedWait } from './shared-wait.js';
import { WaitingRoom } from './waiting-room.js';

/** What the queues share whose keys one command can name: all of a server's, or those of one slot of a cluster. */
export interface SlotGroup extends SharedParts {
  close(): Promise<void>;
}

/** Opens nothing until somebody waits or listens. */
export function createSlotGroup(origin: Origin, settings: Settings, clock: Clock): SlotGroup {
  const { lent } = origin;
  const room = new WaitingRoom();
  const recovery = createRecovery(origin, room, () => wait, settings, clock);
  const wait = new SharedWait(origin, room, settings, clock, {
    onJoin: () => recovery.watch(),
    onBroken: () => recovery.lookNow(),
  });
  const events = new SharedEvents(origin, settings, clock);
  return {
    room,
    wait,
    events,
    recovery,
    clock,
    lent,
    report: (error) => settings.onError(error, 'recovery'),
    async close() {
      recovery.close();
      await Promise.all([wait.close(), events.close()]);
    },
  };
}
