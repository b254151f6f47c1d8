import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync, inflateRaw, inflateRawSync } from 'node:zlib';

const deflateInPool = promisify(deflateRaw);
const inflateInPool = promisify(inflateRaw);

// Of contacts as JSON, in base64: level 1 leaves 35 % of 16 KB, level 3 34 %, level 6 32 % for twice the time. Brotli 3
// leaves as much as this for the same time from 16 KB on, and takes longer below.
const LEVEL = 3;

/** From here on zlib works in its thread pool: 64 KB take about 0.3 ms, 5 MB 35 ms, which nobody else should wait for. */
const IN_POOL_FROM_BYTES = 65_536;

/** @returns raw DEFLATE (RFC 1951) */
export async function deflate(bytes: Buffer): Promise<Buffer> {
  return bytes.length < IN_POOL_FROM_BYTES
    ? deflateRawSync(bytes, { level: LEVEL })
    : deflateInPool(bytes, { level: LEVEL });
}

/**
 * Never makes more than `expectedBytes`, whatever the text would unfold to.
 *
 * @returns undefined for what is no DEFLATE, or does not come to exactly `expectedBytes`
 */
export async function inflate(deflated: Buffer, expectedBytes: number): Promise<Buffer | undefined> {
  const bound = { maxOutputLength: expectedBytes };
  try {
    const bytes =
      expectedBytes < IN_POOL_FROM_BYTES
        ? inflateRawSync(deflated, bound)
        : await inflateInPool(deflated, bound);
    return bytes.length === expectedBytes ? bytes : undefined;
  } catch {
    return undefined;
  }
}
