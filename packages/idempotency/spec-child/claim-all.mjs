// Claims every key as fast as it can, each twice, and says which it got: node claim-all.mjs URL TOKEN KEYS [backwards]
import { createHttpRedis } from '@switchyard/http-redis';
import { createIdempotency } from '../src/index.ts';
import { once } from 'node:events';

const [, , url, token, keys, direction] = process.argv;
const idempotency = createIdempotency({ redis: createHttpRedis({ url, token }) });
process.stdout.write('ready\n');
await once(process.stdin, 'data');

const got = [];
const claim = async (key) => {
  const outcome = await idempotency.claim(key);
  if (outcome.state === 'fresh') got.push(key);
};
const all = Array.from({ length: Number(keys) }, (_, n) => `key-${n}`);
if (direction === 'backwards') all.reverse();
while (all.length > 0) await Promise.all(all.splice(0, 20).flatMap((key) => [claim(key), claim(key)]));
process.stdout.write(`got ${JSON.stringify(got)}\n`);
process.exit();
