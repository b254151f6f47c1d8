import { InvalidOptionError } from './errors.js';

const MAX_TEXT_BYTES = 1000;

/**
 * Short-lived marks beside a queue, by which the processes of an app agree on who does something, or where it is done.
 * What they mean is up to those who claim; they are no work, and outlive neither their time nor a flush of the store.
 */
export interface QueueClaims {
  /**
   * Marks every key that nobody holds as held by `holder` for `ttlMs` (an integer, 1 or more), and answers who holds
   * each, in order. Claiming again what one holds makes it last no longer. Keys and holders are strings of 1 to 1000
   * bytes. Costs one command a key, two for one that is held already.
   *
   * @throws InvalidOptionError, EngineUnavailableError
   */
  claim(keys: readonly string[], holder: string, ttlMs: number): Promise<readonly string[]>;
  /** Lets go of a key that `holder` holds; does nothing to one that it does not. */
  release(key: string, holder: string): Promise<void>;
}

/** @throws InvalidOptionError */
export function checkClaim(where: string, keys: readonly string[], holder: string, ttlMs: number): void {
  const isText = (text: string): boolean => {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text).length : 0;
    return bytes >= 1 && bytes <= MAX_TEXT_BYTES;
  };
  const allowed = `a string of 1 to ${MAX_TEXT_BYTES} bytes`;
  for (const key of keys) {
    if (!isText(key)) throw new InvalidOptionError(`key of a claim of ${where}`, key, allowed);
  }
  if (!isText(holder)) throw new InvalidOptionError(`holder of a claim of ${where}`, holder, allowed);
  if (!(Number.isSafeInteger(ttlMs) && ttlMs >= 1)) {
    throw new InvalidOptionError(`ttlMs of a claim of ${where}`, ttlMs, 'an integer, 1 or more');
  }
}
