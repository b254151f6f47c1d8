import { createHash, timingSafeEqual } from 'node:crypto';
import { InvalidRestOptionError } from './errors.js';

/** What a token lets its holder do. */
export type Access = 'full' | 'read-only';

export interface AccessTokens {
  readonly token: string;
  readonly readOnlyToken?: string;
}

/**
 * Tells what a token is good for, nothing when it is neither. Takes the same time whatever was presented: what is
 * compared are hashes.
 */
export function createAccessCheck({
  token,
  readOnlyToken,
}: AccessTokens): (presented: string) => Access | undefined {
  checkToken('token', token);
  if (readOnlyToken !== undefined) checkToken('readOnlyToken', readOnlyToken);
  if (token === readOnlyToken) throw new InvalidRestOptionError('readOnlyToken', 'is the same as token');
  const full = hashed(token);
  const readOnly = readOnlyToken === undefined ? undefined : hashed(readOnlyToken);
  return (presented) => {
    const hash = hashed(presented);
    const isFull = timingSafeEqual(hash, full);
    const isReadOnly = readOnly !== undefined && timingSafeEqual(hash, readOnly);
    if (isFull) return 'full';
    return isReadOnly ? 'read-only' : undefined;
  };
}

const hashed = (text: string) => createHash('sha256').update(text).digest();

/** What an HTTP header can carry. */
function checkToken(option: string, token: string): void {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new InvalidRestOptionError(
      option,
      'must be printable ASCII without spaces, at least one character',
    );
  }
}
