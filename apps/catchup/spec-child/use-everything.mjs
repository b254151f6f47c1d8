// The app, put together, used over HTTP and closed again. It ends by itself when nothing was left open.
import { pino } from 'pino';
import { composeCatchUp, readSettings } from '../dist/composition-root.js';

const app = await composeCatchUp(readSettings(process.env), pino({ level: 'silent' }));
await app.start();
const { cache, limiter, idempotency } = app.http;
await cache.forUser('user-1').getOrSet('SUGGESTIONS', async () => ['call Ada']);
await limiter.check('API', 'user-1');
await idempotency.once(['spec', 'once'], async () => 'done');
await app.close({ timeoutMs: 1000 });
process.stdout.write('closed\n');
