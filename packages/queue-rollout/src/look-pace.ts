/** How soon a queue that is between engines is looked at again. */
export interface LookPace {
  /** Something changed, or is about to: what follows is looked at closely. */
  quicken(): void;
  /** A look was taken. */
  looked(): void;
  /** Ms until the next look. */
  readonly nextInMs: number;
}

/** A look or two may come to nothing while a switch is under way; jobs that are due in days change nothing for long. */
const CLOSE_LOOKS = 5;

/**
 * Every `closeMs` while something changes; when nothing does, after five looks, each time twice as long, up to `restMs`.
 */
export function createLookPace({ closeMs, restMs }: { closeMs: number; restMs: number }): LookPace {
  let quietLooks = 0;
  return {
    quicken() {
      quietLooks = 0;
    },
    looked() {
      quietLooks += 1;
    },
    get nextInMs() {
      return Math.min(restMs, closeMs * 2 ** Math.max(0, quietLooks - CLOSE_LOOKS));
    },
  };
}
