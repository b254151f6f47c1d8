import { once } from 'node:events';
import { connect } from 'node:net';
import { startRedis, type RedisServer } from '../redis-server.js';
import { ask } from '../spec-support/ask.js';
import { startRestEndpoint, type RestEndpoint } from './rest-endpoint.js';

let redis: RedisServer;
let endpoint: RestEndpoint;

beforeAll(async () => {
  redis = await startRedis();
  endpoint = await startRestEndpoint({
    redisUrl: redis.url,
    readOnlyToken: 'reader',
    maxBodyBytes: 10_000_000,
  });
});

afterAll(async () => {
  await endpoint.stop();
  await redis.stop();
});

const WRONG = { error: 'WRONGPASS invalid or missing auth token' };
const set = ['SET', 'unauthorized', '1'];
const endpoints: [string, string, unknown][] = [
  ['POST', '/', set],
  ['GET', '/set/unauthorized/1', undefined],
  ['POST', '/set/unauthorized', '1'],
  ['PUT', '/set/unauthorized', '1'],
  ['POST', '/pipeline', [set]],
  ['POST', '/multi-exec', [set]],
  ['GET', '/subscribe/chat', undefined],
  ['POST', '/subscribe/chat', []],
  ['GET', '/psubscribe/c*', undefined],
  ['GET', '/monitor', undefined],
  ['DELETE', '/', undefined],
  ['GET', '/', undefined],
];

describe.each(endpoints)('%s %s', (method, path, body) => {
  it.each([
    ['no token', null],
    ['an empty token', ''],
    ['a wrong token', 'wrong'],
    ['the beginning of the token', 'read'],
  ])('is closed to %s', async (_, token) => {
    expect(await ask(endpoint, path, { method, token, body })).toMatchObject({ status: 401, json: WRONG });
    expect((await ask(endpoint, '/exists/unauthorized')).json).toEqual({ result: 0 });
  });

  it('is closed to a wrong token in the query', async () => {
    expect(await ask(endpoint, `${path}?_token=wrong`, { method, token: null, body })).toMatchObject({
      status: 401,
      json: WRONG,
    });
  });

  it('is closed to another scheme', async () => {
    const headers = { authorization: `Basic ${endpoint.token}` };
    expect(await ask(endpoint, path, { method, headers, body })).toMatchObject({ status: 401, json: WRONG });
  });
});

it('takes the token from the query', async () => {
  const path = `/echo/hello?_token=${endpoint.token}`;
  expect((await ask(endpoint, path, { token: null })).json).toEqual({ result: 'hello' });
});

it('believes the header where both are given', async () => {
  expect((await ask(endpoint, `/ping?_token=${endpoint.token}`, { token: 'wrong' })).status).toBe(401);
});

it('takes the scheme in any case', async () => {
  const headers = { authorization: `bEARER ${endpoint.token}` };
  expect((await ask(endpoint, '/ping', { headers })).json).toEqual({ result: 'PONG' });
});

it.each(['DELETE', 'PATCH', 'OPTIONS'])('refuses %s', async (method) => {
  const { status, headers, json } = await ask(endpoint, '/ping', { method });
  expect({ status, json }).toEqual({ status: 405, json: { error: 'ERR method not allowed' } });
  expect(headers.get('allow')).toBe('GET, HEAD, POST, PUT');
});

it.each(['/subscribe/chat', '/psubscribe/ch*', '/monitor'])(
  'opens no stream for a HEAD of %s',
  async (path) => {
    const { status, headers } = await ask(endpoint, path, { method: 'HEAD' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, POST, PUT']);
  },
);

describe('the read-only token', () => {
  const token = 'reader';
  const refused = (name: string) => ({
    error: `NOPERM this user has no permissions to run the '${name}' command or its subcommand`,
  });

  beforeEach(() => ask(endpoint, '/', { body: ['SET', 'k', 'v'] }));

  it.each([
    ['set', ['SeT', 'k', 'w']],
    ['del', ['DEL', 'k']],
    ['getdel', ['GETDEL', 'k']],
    ['getex', ['GETEX', 'k', 'EX', 1]],
    ['eval', ['EVAL', 'return 1', 0]],
    ['eval_ro', ['EVAL_RO', 'return 1', 0]],
    ['evalsha', ['EVALSHA', 'x', 0]],
    ['fcall', ['FCALL', 'f', 0]],
    ['script', ['SCRIPT', 'LOAD', 'return 1']],
    ['keys', ['KEYS', '*']],
    ['scan', ['SCAN', 0]],
    ['sort', ['SORT', 'k', 'STORE', 'l']],
    ['flushall', ['FLUSHALL']],
    ['publish', ['PUBLISH', 'c', 'm']],
    ['acl', ['ACL', 'LIST']],
    ['nosuch', ['NOSUCH']],
  ])('may not %s', async (name, body) => {
    expect(await ask(endpoint, '/', { token, body })).toMatchObject({ status: 400, json: refused(name) });
    const path = `/${body.map((part) => encodeURIComponent(part)).join('/')}`;
    expect(await ask(endpoint, path, { token })).toMatchObject({ status: 400, json: refused(name) });
    expect((await ask(endpoint, '/pipeline', { token, body: [body, ['GET', 'k']] })).json).toEqual([
      refused(name),
      { result: 'v' },
    ]);
    expect(await ask(endpoint, '/multi-exec', { token, body: [['GET', 'k'], body] })).toMatchObject({
      status: 400,
      json: { error: expect.stringContaining('EXECABORT') },
    });
    expect((await ask(endpoint, '/get/k')).json).toEqual({ result: 'v' });
  });

  it.each(['/subscribe/chat', '/psubscribe/*', '/monitor'])('may not listen at %s', async (path) => {
    expect(await ask(endpoint, path, { token })).toMatchObject({
      status: 400,
      json: refused(path.split('/')[1] ?? ''),
    });
  });

  it('may read', async () => {
    expect((await ask(endpoint, '/get/k', { token })).json).toEqual({ result: 'v' });
    expect((await ask(endpoint, '/pipeline', { token, body: [['MGET', 'k', 'none']] })).json).toEqual([
      { result: ['v', null] },
    ]);
    expect((await ask(endpoint, '/multi-exec', { token, body: [['TTL', 'k']] })).json).toEqual([
      { result: -1 },
    ]);
  });
});

describe('a large body', () => {
  const tooLarge = { status: 413, json: { error: expect.stringMatching(/^ERR max request size exceeded/) } };
  const value = (bytes: number) => 'x'.repeat(bytes);

  it.each([
    ['/', ['SET', 'big', value(11_000_000)]],
    ['/set/big', value(11_000_000)],
    ['/pipeline', [['SET', 'big', value(11_000_000)]]],
    ['/multi-exec', [['SET', 'big', value(11_000_000)]]],
    ['/set/big', value(10_000_001)],
  ])('of more than the limit is refused at %s', async (path, body) => {
    expect(await ask(endpoint, path, { body })).toMatchObject(tooLarge);
    expect((await ask(endpoint, '/exists/big')).json).toEqual({ result: 0 });
  });

  it('is refused as well when it does not say how large it is', async () => {
    const chunk = new TextEncoder().encode(value(1_000_000));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (stream) => ((sent += 1) > 11 ? stream.close() : stream.enqueue(chunk)),
    });
    const response = await fetch(`${endpoint.url}/set/big?_token=${endpoint.token}`, {
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
  });

  const send = (head: readonly string[]) => {
    const socket = connect(endpoint.port, '127.0.0.1');
    socket.write(`POST /set/big HTTP/1.1\r\nhost: x\r\n${head.join('\r\n')}\r\n\r\n`);
    return socket;
  };

  it('is refused before it comes when it says how large it will be', async () => {
    const socket = send([`authorization: Bearer ${endpoint.token}`, 'content-length: 11000000']);
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it('that never ends is cut off', async () => {
    const socket = send(['authorization: Bearer wrong', 'transfer-encoding: chunked']);
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 401 /);
    socket.on('error', () => undefined);
    const chunk = Buffer.concat([
      Buffer.from('f4240\r\n'),
      Buffer.alloc(1_000_000, 'x'),
      Buffer.from('\r\n'),
    ]);
    let sentMegabytes = 0;
    while (!socket.destroyed && sentMegabytes < 300) {
      sentMegabytes += 1;
      if (!socket.write(chunk))
        await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined);
    }
    expect(sentMegabytes).toBeLessThan(200);
  });

  it('of 9.9 MB goes there and back', async () => {
    const big = value(9_900_000);
    expect((await ask(endpoint, '/', { body: ['SET', 'big', big] })).json).toEqual({ result: 'OK' });
    const { json } = await ask(endpoint, '/get/big');
    expect((json as { result: string }).result === big).toBe(true);
    await ask(endpoint, '/del/big');
  });

  it('of exactly the limit passes', async () => {
    expect((await ask(endpoint, '/set/big', { body: value(10_000_000) })).json).toEqual({ result: 'OK' });
    await ask(endpoint, '/del/big');
  });

  it('is refused to strangers before it is read', async () => {
    expect(await ask(endpoint, '/set/big', { token: 'wrong', body: value(20_000_000) })).toMatchObject({
      status: 401,
    });
  });
});
