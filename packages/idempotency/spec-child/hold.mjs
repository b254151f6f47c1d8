// Runs something that does not end: node hold.mjs URL TOKEN KEY LEASE_SECONDS
import { createHttpRedis } from '@switchyard/http-redis';
import { createIdempotency } from '../src/index.ts';

const [, , url, token, key, leaseSeconds] = process.argv;
const idempotency = createIdempotency({ redis: createHttpRedis({ url, token }) });
// Stays until it is killed.
process.stdin.resume();
await idempotency.once(
  key,
  () => {
    process.stdout.write('running\n');
    return new Promise(() => undefined);
  },
  { leaseSeconds: Number(leaseSeconds) },
);
