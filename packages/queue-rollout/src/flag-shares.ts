import { InvalidOptionError } from '@switchyard/queue-contract';
import { isShare, type FlagSource } from './flag-source.js';

/** The shares that a flag source wants for some queues, checked. */
export interface FlagShares {
  /** The last share that was one; 0 for a queue that the source does not name. */
  of(queue: string): number;
  /**
   * Reads them again.
   *
   * @throws InvalidOptionError for the first that is no number from 0 to 100; the others are read all the same
   */
  read(): void;
}

/** @throws InvalidOptionError as `read` */
export function createFlagShares(flags: FlagSource, queues: readonly string[]): FlagShares {
  const shares = new Map<string, number>();
  const read = (): void => {
    const wanted = queues.map((queue) => ({ queue, share: (flags.current().get(queue) ?? 0) as unknown }));
    for (const { queue, share } of wanted) if (isShare(share)) shares.set(queue, share);
    const wrong = wanted.find(({ share }) => !isShare(share));
    if (!wrong) return;
    throw new InvalidOptionError(`share of queue "${wrong.queue}"`, wrong.share, 'a number from 0 to 100');
  };
  read();
  return { of: (queue) => shares.get(queue) ?? 0, read };
}
