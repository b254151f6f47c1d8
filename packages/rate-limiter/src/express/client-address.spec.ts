import { jest } from '@jest/globals';
import express, { type Express } from 'express';
import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePolicies } from '../policy.js';
import { recordingApp, type RecordingApp } from '../spec-support/recording-app.js';
import { scriptLimiter } from '../spec-support/scripted-limiter.js';
import { serve, stopServing } from '../spec-support/serve-express.js';
import { ipKey, rateLimit, userKey } from './index.js';

const policies = definePolicies({ API: { algorithm: 'sliding-window', limit: 10, windowSeconds: 60 } });
const limiter = scriptLimiter(policies);
/** Some containers have none, and nothing can listen on both there. */
const hasIPv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ family }) => family === 'IPv6'),
);

let recorded: RecordingApp;

beforeEach(() => {
  limiter.asked.length = 0;
});
afterEach(stopServing);

function appThatTrusts(proxies: unknown): Express {
  recorded = recordingApp(rateLimit(limiter, { policy: 'API', user: (request) => request.get('x-user') }));
  return recorded.app.set('trust proxy', proxies);
}

/** The keys that requests with these X-Forwarded-For are counted by. */
async function keysOf(proxies: unknown, ...forwardedFor: string[]): Promise<string[]> {
  const { get } = await serve(appThatTrusts(proxies));
  for (const each of forwardedFor) await get('/', { 'x-forwarded-for': each });
  return limiter.asked.map(([asked]) => asked!.key);
}

describe('X-Forwarded-For', () => {
  let warn: jest.SpiedFunction<typeof process.emitWarning>;
  beforeEach(() => {
    warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  });
  afterEach(() => warn.mockRestore());

  test('is ignored where no proxy is trusted, and warned of once', async () => {
    const keys = await keysOf(false, '198.51.100.1', '198.51.100.2', 'nonsense');
    expect(keys).toEqual(Array(3).fill('ip:127.0.0.1'));
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('trust proxy'), {
      code: 'SWITCHYARD_UNTRUSTED_FORWARDED_FOR',
    });
  });

  test('is ignored from a client that is not the trusted proxy', async () => {
    expect(await keysOf('198.51.100.0/24', '198.51.100.1', '203.0.113.9')).toEqual(
      Array(2).fill('ip:127.0.0.1'),
    );
    expect(warn).not.toHaveBeenCalled();
  });

  test.each<[unknown]>([['loopback'], [1], [['127.0.0.1', '::1']]])(
    'is believed from the proxy that %p names, and what the client put before its entry is not',
    async (proxies) => {
      const keys = await keysOf(proxies, '198.51.100.1', '10.9.9.9, 198.51.100.1', 'nonsense, 198.51.100.1');
      expect(keys).toEqual(Array(3).fill('ip:198.51.100.1'));
      expect(warn).not.toHaveBeenCalled();
    },
  );

  test.each<[string, unknown]>([
    ['true', true],
    ['a function that trusts everybody', () => true],
  ])('is not believed from everybody: `trust proxy` set to %s is refused', async (_what, proxies) => {
    expect(await keysOf(proxies, '198.51.100.1', '198.51.100.2')).toEqual([]);
    expect(recorded.errors).toMatchObject(Array(2).fill({ code: 'ERR_RATE_LIMIT_TRUST_PROXY' }));
  });

  test.each([
    ['refused', true, []],
    ['believed', 1, ['ip:198.51.100.1']],
    ['ignored', false, ['ip:127.0.0.1']],
  ])('is %s in an app that is mounted where `trust proxy` is %p', async (_what, proxies, keys) => {
    recorded = recordingApp(rateLimit(limiter, { policy: 'API' }));
    const { get } = await serve(express().set('trust proxy', proxies).use('/api', recorded.app));
    await get('/api', { 'x-forwarded-for': '198.51.100.1' });
    expect(limiter.asked.map(([asked]) => asked!.key)).toEqual(keys);
  });

  test('does not concern a request that is counted by its user', async () => {
    const { get } = await serve(appThatTrusts(true));
    expect((await get('/', { 'x-user': 'u1' })).status).toBe(200);
    expect(limiter.asked).toMatchObject([[{ key: 'user:u1' }]]);
  });

  test.each(['198.51.100.1:4711', 'unknown', '[2001:db8::1]', '198.51.100.1.', '0x7f.1'])(
    'that names no address (%s) counts for nobody',
    async (forwardedFor) => {
      expect(await keysOf(1, forwardedFor)).toEqual([]);
      expect(recorded.errors).toMatchObject([
        { code: 'ERR_RATE_LIMIT_CLIENT_ADDRESS', address: forwardedFor },
      ]);
    },
  );
});

describe('IPv6', () => {
  test('addresses of one /56 count as one, those beside it do not', async () => {
    const keys = await keysOf(
      1,
      '2001:db8:1:ab00::1',
      '2001:DB8:1:abff:ffff:ffff:ffff:ffff',
      '2001:db8:0001:ab42:0:0:0:7',
      '2001:db8:1:ac00::1',
      '2001:db8:1:aa00::1',
    );
    expect(new Set(keys.slice(0, 3))).toEqual(new Set(['ip:2001:db8:1:ab00::/56']));
    expect(new Set(keys).size).toBe(3);
  });

  test('an IPv4 address mapped into it is the IPv4 address, however it is written', async () => {
    const keys = await keysOf(
      1,
      '::ffff:198.51.100.7',
      '::FFFF:c633:6407',
      '0:0:0:0:0:ffff:198.51.100.7',
      '198.51.100.7',
    );
    expect(keys).toEqual(Array(4).fill('ip:198.51.100.7'));
  });

  (hasIPv6 ? test : test.skip).each([
    [false, 'ip:127.0.0.1'],
    ['127.0.0.1', 'ip:198.51.100.7'],
  ])(
    'an IPv4 client of a server that listens on both is as ever, `trust proxy` being %p',
    async (proxies, key) => {
      const { get } = await serve(appThatTrusts(proxies), { host: '::' });
      await get('/', proxies ? { 'x-forwarded-for': '198.51.100.7' } : {});
      expect(limiter.asked).toMatchObject([[{ key }]]);
    },
  );
});

describe('keys', () => {
  test('of a user never are those of an address', async () => {
    const { get } = await serve(appThatTrusts(false));
    for (const user of ['127.0.0.1', 'ip:127.0.0.1', 'user:u1', 'u1']) await get('/', { 'x-user': user });
    await get();
    const keys = limiter.asked.map(([asked]) => asked!.key);
    expect(new Set(keys).size).toBe(5);
  });

  test('can be made for `peek` and `reset`', () => {
    expect(userKey('u1')).toBe('user:u1');
    expect(ipKey('::ffff:198.51.100.7')).toBe('ip:198.51.100.7');
    expect(ipKey('2001:db8:1:abcd::1')).toBe('ip:2001:db8:1:ab00::/56');
  });
});

describe('a Unix socket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rate-limit-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('has no address: nobody is counted as `undefined`', async () => {
    const { get } = await serve(appThatTrusts(false), { path: join(folder, 'a') });
    expect((await get()).status).toBe(500);
    expect(recorded.errors).toMatchObject([{ code: 'ERR_RATE_LIMIT_CLIENT_ADDRESS', address: undefined }]);
    expect(limiter.asked).toEqual([]);
  });

  test('lets a trusted proxy name it', async () => {
    const { get } = await serve(appThatTrusts(1), { path: join(folder, 'b') });
    await get('/', { 'x-forwarded-for': '198.51.100.7' });
    expect(limiter.asked).toMatchObject([[{ key: 'ip:198.51.100.7' }]]);
  });
});
