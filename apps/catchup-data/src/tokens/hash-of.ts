import { createHash } from 'node:crypto';

/** SHA-256 in hexadecimal, for random texts that have to be recognised and never shown. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
