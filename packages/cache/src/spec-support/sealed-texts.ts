import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createEnvelopes } from '../envelope/envelopes.js';

/** The cache key that texts of these specs are sealed for. */
export const key = 'cache:ada:CONTACTS_LIST';
export const plain = { key };
export const sensitive = { key, isSensitive: true };

export const now = { id: 'now', secret: randomBytes(32) };
export const before = { id: 'before', secret: randomBytes(32) };
export const compressing = createEnvelopes({ encryptionKeys: [now], compressAboveBytes: 0 });

/** A value as apps have them, of some 60 bytes a contact. */
export const contacts = (count: number) =>
  JSON.stringify(
    Array.from({ length: count }, (_, i) => ({
      name: `Ada ${i}`,
      email: `ada.${i * 7919}@example.com`,
      ø: '∂',
    })),
  );

/** What a wrapping's text begins with. */
export const letterOf = (text: string) => text.slice(0, 4);

/** One text of every wrapping, all of the same value. */
export async function everyWrapping(value: string) {
  const never = createEnvelopes({ encryptionKeys: [now], compressAboveBytes: Infinity });
  return [
    await never.seal(value, plain),
    await compressing.seal(value, plain),
    await never.seal(value, sensitive),
    await compressing.seal(value, sensitive),
  ] as const;
}

/** The text with a check that fits what it says, as somebody would write it who can write to Redis. */
export function forge(text: string): string {
  const [, letter, fields] = /^(sy1.:)[^:]*:(.*)$/s.exec(text) as unknown as [string, string, string];
  const payloadAt = fields.lastIndexOf(':') + 1;
  const sum = crc32(
    fields.slice(payloadAt),
    crc32(`${key.length}:${key}${letter}${fields.slice(0, payloadAt)}`),
  );
  return `${letter}${sum.toString(16).padStart(8, '0')}:${fields}`;
}
