import { Redis } from 'ioredis';
import { startRedis } from '../redis-server.js';
import { ask } from '../spec-support/ask.js';
import { readEvents } from '../spec-support/event-reader.js';
import { startRestEndpoint } from './rest-endpoint.js';

it('speaks TLS where the certificate is trusted', async () => {
  const server = await startRedis({ tls: true });
  const trusting = await startRestEndpoint({ redisUrl: server.url, tls: { ca: server.ca } });
  const doubting = await startRestEndpoint({ redisUrl: server.url });
  try {
    expect(await ask(doubting, '/ping')).toMatchObject({
      status: 503,
      json: { error: expect.stringContaining('self-signed certificate') },
    });
    expect((await ask(trusting, '/ping')).json).toEqual({ result: 'PONG' });
    const events = await readEvents(trusting, '/subscribe/chat');
    expect(await events.next()).toBe('subscribe,chat,1');
    events.leave();
  } finally {
    await Promise.all([trusting.stop(), doubting.stop()]);
    await server.stop();
  }
});

it('logs in as the user of the URL and works in its database', async () => {
  const server = await startRedis({
    users: [{ name: 'app', password: 'p@ss/wörd', rules: '~app:* &* +@all' }],
  });
  const login = `app:${encodeURIComponent('p@ss/wörd')}`;
  const endpoint = await startRestEndpoint({ redisUrl: `redis://${login}@127.0.0.1:${server.port}/3` });
  const third = new Redis(server.url, { db: 3 });
  try {
    expect((await ask(endpoint, '/set/app:k/v')).json).toEqual({ result: 'OK' });
    expect(await third.get('app:k')).toBe('v');
    expect((await ask(endpoint, '/set/other/v')).json).toEqual({ error: expect.stringMatching(/^NOPERM/) });
    const { json } = await ask(endpoint, '/acl/whoami');
    expect(json).toEqual({ result: 'app' });
  } finally {
    third.disconnect();
    await endpoint.stop();
    await server.stop();
  }
});

it('is a 503 for a database that Redis does not have', async () => {
  const server = await startRedis();
  const endpoint = await startRestEndpoint({ redisUrl: `${server.url}/16` });
  try {
    expect(await ask(endpoint, '/ping')).toMatchObject({
      status: 503,
      json: { error: expect.stringContaining('DB index is out of range') },
    });
  } finally {
    await endpoint.stop();
    await server.stop();
  }
});
