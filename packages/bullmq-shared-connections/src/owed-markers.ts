import { within, type Clock } from './clock.js';
import type { Lent } from './origin.js';
import type { Marker, WaitingQueue, WaitingRoom } from './waiting-room.js';

const WRITTEN_LIMIT_MS = 2_000;

/** Puts markers that were taken out of Redis back there. */
export class OwedMarkers {
  readonly #writes = new Set<Promise<void>>();

  constructor(
    private readonly lent: Lent,
    private readonly room: WaitingRoom,
    /** Whether the command that blocks now asks for the key: it would only pop the marker again. */
    private readonly isAsked: (markerKey: string) => boolean,
    private readonly clock: Clock,
    private readonly report: (error: Error) => void,
  ) {}

  /**
   * Gives each marker that is owed to a worker that waits by now, else back to Redis, unless its key is asked for.
   * @param here whether workers of this process still count.
   */
  giveBack(here: boolean): void {
    for (const queue of this.room.queues()) {
      const { owed } = queue;
      if (!owed) {
        this.#forgetIfIdle(queue);
      } else if (!this.isAsked(queue.keys.marker)) {
        queue.owed = undefined;
        if (!here || !this.room.wake(queue, owed)) this.#write(queue, owed);
      }
    }
  }

  /** Resolves when all that was given back is in Redis, or that has taken too long. */
  written(): Promise<void> {
    return within(WRITTEN_LIMIT_MS, Promise.all(this.#writes), this.clock);
  }

  #write(queue: WaitingQueue, owed: Marker): void {
    const write = this.lent
      .zadd(queue.keys.marker, 'NX', owed.score, owed.member)
      .then(() => this.#forgetIfIdle(queue))
      .catch((error: Error) => {
        // It stays owed until the next turn of the wait.
        queue.owed ??= owed;
        this.report(error);
      })
      .finally(() => this.#writes.delete(write));
    this.#writes.add(write);
  }

  /** A queue that is still asked for may yet bring a marker, even if nobody wants it. */
  #forgetIfIdle(queue: WaitingQueue): void {
    if (!this.isAsked(queue.keys.marker)) this.room.forgetIfIdle(queue);
  }
}
