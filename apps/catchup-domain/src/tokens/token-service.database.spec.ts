import { dumpTables } from '@switchyard/catchup-data/testing';
import { DATABASE_KINDS } from '../spec-support/databases.js';
import { rejection, startLab, type Lab, type Process } from '../spec-support/lab.js';
import { until } from '../spec-support/until.js';
import { createTokenService } from './token-service.js';

const HOUR = 3600;

describe.each(DATABASE_KINDS)('tokens on the %s database', (kind) => {
  let lab: Lab;
  let other: Process;
  let people = 0;
  beforeAll(async () => {
    const users = Array.from({ length: 20 }, (_, n) => ({
      email: `user${n}@example.com`,
      contacts: 0,
      events: 0,
      series: false,
    }));
    lab = await startLab(kind, { users });
    other = await lab.startProcess();
  });
  afterAll(() => lab.stop());
  afterEach(() => lab.google.setFaults([]));

  const someone = async () => (await lab.addUser(`user${people++}@example.com`)).account;
  const tokensOf = async (accountId: string) => (await lab.data.tokens.get(accountId))!;
  const serviceWith = (oauth: Partial<Process['google']['oauth']>, data = lab.data) => {
    const { process, now, random, newId } = lab;
    return createTokenService({
      data,
      google: { oauth: { ...process.google.oauth, ...oauth } },
      now,
      random,
      newId,
    });
  };
  const refreshes = () => lab.google.requests.filter(({ operation }) => operation === 'oauth.token').length;

  it('are asked for by nobody who has none', async () => {
    expect(await rejection(lab.process.tokens.accessToken('nobody'))).toMatchObject({
      code: 'ERR_DOMAIN_UNKNOWN_ACCOUNT',
    });
  });

  it('are given out as they are until a minute before their end, and then refreshed', async () => {
    const { id } = await someone();
    const { accessToken, refreshToken, expiresAt } = await tokensOf(id);
    const before = refreshes();
    lab.advance({ seconds: HOUR - 61 });
    expect(await lab.process.tokens.accessToken(id)).toBe(accessToken);
    lab.advance({ seconds: 2 });
    const fresh = await lab.process.tokens.accessToken(id);
    expect(fresh).not.toBe(accessToken);
    expect(refreshes()).toBe(before + 1);
    const now = await tokensOf(id);
    expect(now).toMatchObject({ version: 2, refreshedAt: lab.now() });
    // Google tells the refresh token once.
    expect([now.accessToken, now.refreshToken]).toEqual([fresh, refreshToken]);
    expect(now.expiresAt > expiresAt).toBe(true);
  });

  it('are refreshed once, however many ask in two processes', async () => {
    const { id } = await someone();
    const { accessToken } = await tokensOf(id);
    lab.advance({ seconds: HOUR });
    const before = refreshes();
    const asked = Array.from({ length: 12 }, (_, n) =>
      (n % 2 ? lab.process : other).tokens.accessToken(id, n % 3 ? {} : { rejected: accessToken }),
    );
    const answers = new Set(await Promise.all(asked));
    expect(answers.size).toBe(1);
    expect(answers.has(accessToken)).toBe(false);
    expect(refreshes()).toBe(before + 1);
  });

  it('are not refreshed again by one who read them before they were', async () => {
    const { id } = await someone();
    lab.advance({ seconds: HOUR });
    let isStale = true;
    const overtaken = {
      ...lab.data,
      tokens: {
        ...lab.data.tokens,
        facts: async (accountId: string) => {
          const facts = await lab.data.tokens.facts(accountId);
          if (isStale) await other.tokens.accessToken(accountId);
          isStale = false;
          return facts;
        },
      },
    };
    const before = refreshes();
    const accessToken = await serviceWith({}, overtaken).accessToken(id);
    expect(refreshes()).toBe(before + 1);
    expect(await tokensOf(id)).toMatchObject({ version: 2, refreshLease: null });
    expect(accessToken).toBe((await tokensOf(id)).accessToken);
  });

  it('are given up by one who is aborted, not by the others who wait', async () => {
    const { id } = await someone();
    lab.advance({ seconds: HOUR });
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let isAsked = false;
    const service = serviceWith({
      refresh: async (...asked) => {
        isAsked = true;
        await held;
        return await lab.process.google.oauth.refresh(...asked);
      },
    });
    const abort = new AbortController();
    const aborted = rejection(service.accessToken(id, { signal: abort.signal }));
    const waiting = service.accessToken(id);
    await until(() => isAsked);
    abort.abort(new Error('enough'));
    expect((await aborted).message).toBe('enough');
    goOn();
    expect(await waiting).toBe((await tokensOf(id)).accessToken);
  });

  it('are left alone for longer and longer while Google is down, and are well again after it', async () => {
    const { id } = await someone();
    const { accessToken } = await tokensOf(id);
    const { tokens } = lab.process;
    lab.google.setFaults([{ kind: 'internal-error', operation: 'oauth.token' }]);
    lab.advance({ seconds: HOUR - 30 });
    // Within the margin the old one is better than none.
    expect(await tokens.accessToken(id)).toBe(accessToken);
    expect(await lab.data.tokens.facts(id)).toMatchObject({
      failureCount: 1,
      lastFailure: 'ERR_GOOGLE_UNAVAILABLE',
      refreshLease: null,
    });
    lab.advance({ seconds: 30 });
    const before = refreshes();
    const failed = await rejection(tokens.accessToken(id));
    expect(failed).toMatchObject({ code: 'ERR_DOMAIN_TOKEN_UNAVAILABLE', accountId: id });
    lab.advance({ seconds: 1 });
    const soon = refreshes();
    expect(await rejection(tokens.accessToken(id))).toMatchObject({ code: 'ERR_DOMAIN_TOKEN_UNAVAILABLE' });
    expect(refreshes()).toBe(soon);
    expect(soon).toBeGreaterThan(before);
    expect(await tokens.health(id)).toMatchObject({ state: 'failing' });
    expect((await lab.data.accounts.get(id))?.status).toBe('connected');

    lab.google.setFaults([]);
    lab.advance({ seconds: HOUR });
    expect(await tokens.refreshExpiring()).toMatchObject({ refreshed: expect.arrayContaining([id]) });
    expect(await tokens.health(id)).toEqual({ state: 'healthy', reasons: [] });
  });

  it('are refreshed before they end, those that end first in front, and nothing is left to do then', async () => {
    const all = [await someone(), await someone(), await someone()];
    const ids = all.map(({ id }) => id);
    lab.advance({ seconds: HOUR - 500 });
    const { tokens } = lab.process;
    expect((await tokens.refreshExpiring({ withinSeconds: 400 })).refreshed).not.toEqual(
      expect.arrayContaining([ids[0]]),
    );
    lab.google.revoke(all[1]!.email!);
    const report = await tokens.refreshExpiring({ withinSeconds: 600 });
    expect(report.needReconnect).toEqual([ids[1]]);
    expect(report.refreshed).toEqual(expect.arrayContaining([ids[0], ids[2]]));
    const before = await dumpTables(lab.data);
    expect(await tokens.refreshExpiring({ withinSeconds: 600 })).toEqual({
      refreshed: [],
      failed: [],
      needReconnect: [],
    });
    expect(await dumpTables(lab.data)).toEqual(before);
  });

  it('are never lost to one who died while refreshing', async () => {
    const { id } = await someone();
    lab.advance({ seconds: HOUR });
    const { version } = await tokensOf(id);
    await lab.data.tokens.lease(
      { accountId: id, lease: 'of somebody who died' },
      { now: lab.now(), leaseMs: 60_000 },
    );
    expect((await lab.process.tokens.refreshExpiring()).refreshed).not.toContain(id);
    lab.advance({ seconds: 61 });
    expect((await lab.process.tokens.refreshExpiring()).refreshed).toContain(id);
    expect((await tokensOf(id)).version).toBe(version + 1);
  });

  it('keep a refresh token that Google rotates, though the database fails at first', async () => {
    const { id } = await someone();
    lab.advance({ seconds: HOUR });
    let failures = 0;
    const shaky = {
      ...lab.data,
      tokens: {
        ...lab.data.tokens,
        completeRefresh: async (...asked: Parameters<typeof lab.data.tokens.completeRefresh>) => {
          if (failures++ < 2) throw new Error('the connection broke');
          return await lab.data.tokens.completeRefresh(...asked);
        },
      },
    };
    const { oauth } = lab.process.google;
    const rotate = async (...asked: Parameters<typeof oauth.refresh>) => ({
      ...(await oauth.refresh(...asked)),
      refreshToken: 'rotated',
    });
    const service = serviceWith({ refresh: rotate }, shaky);
    const accessToken = await service.accessToken(id);
    expect(failures).toBe(3);
    expect(await tokensOf(id)).toMatchObject({ version: 2 });
    expect([(await tokensOf(id)).accessToken, (await tokensOf(id)).refreshToken]).toEqual([
      accessToken,
      'rotated',
    ]);
  });

  it('are forgotten when the user disconnects, at Google too where it can be reached', async () => {
    const [one, two] = [await someone(), await someone()];
    const { tokens } = lab.process;
    expect(await tokens.disconnect(one.id)).toEqual({ revokedAtProvider: true });
    lab.google.setFaults([{ kind: 'unavailable', operation: 'oauth.revoke' }]);
    expect(await tokens.disconnect(two.id)).toEqual({ revokedAtProvider: false });
    for (const { id } of [one, two]) {
      expect(await lab.data.tokens.facts(id)).toBeUndefined();
      expect(await tokens.health(id)).toMatchObject({ state: 'revoked' });
      expect(await rejection(tokens.accessToken(id))).toMatchObject({ code: 'ERR_DOMAIN_RECONNECT_NEEDED' });
    }
  });

  it('that no key opens any more keep no account', async () => {
    const { id } = await someone();
    const sealed = {
      ...lab.data,
      tokens: { ...lab.data.tokens, get: () => Promise.reject(new Error('it cannot be opened')) },
    };
    expect(await serviceWith({}, sealed).disconnect(id)).toEqual({ revokedAtProvider: false });
    expect(await lab.data.tokens.facts(id)).toBeUndefined();
  });
});
