import type { Data } from '../data.js';
import { describeOnBothDatabases } from '../spec-support/both-databases.js';
import { addAda, anAccount, LATER, NOW } from '../spec-support/rows.js';
import { dumpTables } from '../testing/dump-tables.js';

const account = 'ada-google';
const LEASE = { now: NOW, leaseMs: 60_000 };
const AFTER_LEASE = new Date(NOW.getTime() + 60_000);
const fresh = { accessToken: 'fresh', expiresAt: LATER };

describeOnBothDatabases('refreshing tokens', (open) => {
  let data: Data;
  beforeEach(async () => {
    data = await open();
    await addAda(data);
    await data.tokens.put(account, { accessToken: 'first', refreshToken: 'lasting', expiresAt: NOW }, NOW);
  });

  test('of many at once one may refresh', async () => {
    const tries = [...Array(8).keys()].map((n) =>
      data.tokens.lease({ accountId: account, lease: `lease-${n}` }, LEASE),
    );
    const leased = (await Promise.all(tries)).filter((one) => one !== undefined);
    expect(leased).toHaveLength(1);
    expect(leased[0]).toMatchObject({ accessToken: 'first', refreshToken: 'lasting' });
  });

  test('who lost the lease writes nothing', async () => {
    const [slow, quick] = [
      { accountId: account, lease: 'slow' },
      { accountId: account, lease: 'quick' },
    ];
    await data.tokens.lease(slow, LEASE);
    expect(await data.tokens.lease(quick, LEASE)).toBeUndefined();
    expect(await data.tokens.lease(quick, { ...LEASE, now: AFTER_LEASE })).toBeDefined();
    expect(await data.tokens.completeRefresh(quick, fresh, AFTER_LEASE)).toBe(true);
    const before = await dumpTables(data);
    const failed = { failure: 'invalid_grant', retryAt: LATER, now: LATER };
    expect(await data.tokens.completeRefresh(slow, { ...fresh, accessToken: 'late' }, LATER)).toBe(false);
    expect(await data.tokens.failRefresh(slow, failed)).toBe(false);
    expect(await data.tokens.releaseRefresh(slow, LATER)).toBe(false);
    expect(await data.tokens.completeRefresh(quick, fresh, LATER)).toBe(false);
    expect(await dumpTables(data)).toEqual(before);
  });

  test('a sign-in in between wins over the refresh', async () => {
    const refresh = { accountId: account, lease: 'slow' };
    await data.tokens.lease(refresh, LEASE);
    await data.tokens.put(
      account,
      { accessToken: 'signed-in', refreshToken: 'newer', expiresAt: LATER },
      NOW,
    );
    expect(await data.tokens.completeRefresh(refresh, fresh, NOW)).toBe(false);
    expect(await data.tokens.get(account)).toMatchObject({
      accessToken: 'signed-in',
      refreshToken: 'newer',
      version: 2,
    });
  });

  test('of sign-ins at once each is written, and none brings an older refresh token back', async () => {
    const putting = [...Array(8).keys()].map((n) =>
      data.tokens.put(account, { ...fresh, ...(n === 0 && { refreshToken: 'newer' }) }, NOW),
    );
    await Promise.all(putting);
    expect(await data.tokens.get(account)).toMatchObject({ refreshToken: 'newer', version: 9 });
  });

  test('a refresh keeps the refresh token, unless the provider gave another', async () => {
    const refresh = { accountId: account, lease: 'one' };
    await data.tokens.lease(refresh, LEASE);
    expect(await data.tokens.completeRefresh(refresh, fresh, NOW)).toBe(true);
    expect(await data.tokens.get(account)).toMatchObject({
      accessToken: 'fresh',
      refreshToken: 'lasting',
      refreshedAt: NOW,
      version: 2,
      refreshLease: null,
    });
    await data.tokens.lease(refresh, LEASE);
    await data.tokens.completeRefresh(refresh, { ...fresh, refreshToken: 'rotated' }, NOW);
    expect(await data.tokens.get(account)).toMatchObject({ refreshToken: 'rotated' });
    await data.tokens.put(account, fresh, NOW);
    expect(await data.tokens.get(account)).toMatchObject({ refreshToken: 'rotated', version: 4 });
  });

  test('failures are counted until a refresh works, and nobody tries before it is time', async () => {
    const refresh = { accountId: account, lease: 'one' };
    for (const [at, retryAt] of [
      [NOW, AFTER_LEASE],
      [AFTER_LEASE, LATER],
    ] as const) {
      expect(await data.tokens.lease(refresh, { ...LEASE, now: at })).toBeDefined();
      expect(await data.tokens.failRefresh(refresh, { failure: 'timeout', retryAt, now: at })).toBe(true);
      expect(await data.tokens.lease(refresh, { ...LEASE, now: at })).toBeUndefined();
    }
    expect(await data.tokens.facts(account)).toMatchObject({
      failureCount: 2,
      lastFailure: 'timeout',
      retryAt: LATER,
    });
    await data.tokens.lease(refresh, { ...LEASE, now: LATER });
    await data.tokens.completeRefresh(refresh, fresh, LATER);
    expect(await data.tokens.facts(account)).toMatchObject({
      failureCount: 0,
      lastFailure: null,
      retryAt: null,
    });
  });

  test('those that end soon are listed, and none that is leased, has to wait or is not connected', async () => {
    for (const id of ['leased', 'waiting', 'revoked', 'lasting', 'due']) {
      await data.accounts.connect(anAccount(id));
      const expiresAt = id === 'lasting' ? new Date(LATER.getTime() + 1) : LATER;
      await data.tokens.put(id, { accessToken: id, refreshToken: id, expiresAt }, NOW);
    }
    await data.tokens.lease({ accountId: 'leased', lease: 'one' }, LEASE);
    await data.tokens.lease({ accountId: 'waiting', lease: 'one' }, LEASE);
    await data.tokens.failRefresh(
      { accountId: 'waiting', lease: 'one' },
      { failure: 'timeout', retryAt: AFTER_LEASE, now: NOW },
    );
    await data.accounts.setStatus('revoked', 'revoked', 'by its user', NOW);
    const listed = async (now: Date) =>
      (await data.tokens.toRefresh({ endingBy: LATER, now, limit: 10 })).map(({ accountId }) => accountId);
    expect(await listed(NOW)).toEqual([account, 'due']);
    expect(await listed(AFTER_LEASE)).toEqual([account, 'due', 'leased', 'waiting']);
  });
});
