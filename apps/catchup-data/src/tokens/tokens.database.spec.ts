import { inspect } from 'node:util';
import { eq } from 'drizzle-orm';
import { engineOf } from '../create-data.js';
import type { Data } from '../data.js';
import { oauthTokens } from '../schema/oauth-tokens.js';
import { describeOnBothDatabases } from '../spec-support/both-databases.js';
import { addAda, anAccount, LATER, NOW } from '../spec-support/rows.js';
import { dumpTables } from '../testing/dump-tables.js';
import { UnknownTokenKeyError, UnreadableTokenError } from './token-errors.js';
import type { TokenKey } from './token-keys.js';

const OLD: TokenKey = { id: 'old', secret: '01'.repeat(32) };
const NEW: TokenKey = { id: 'new', secret: '02'.repeat(32) };
const pair = (n: number | string) => ({
  accessToken: `ACCESS-${n}`,
  refreshToken: `REFRESH-${n}`,
  expiresAt: LATER,
});

describeOnBothDatabases('stored tokens', (open) => {
  let data: Data;
  beforeEach(async () => {
    data = await open({ tokenKeys: [OLD] });
    await addAda(data);
    await data.tokens.put('ada-google', pair(1), NOW);
  });
  const addAccounts = async (count: number) => {
    for (let n = 0; n < count; n++) {
      await data.accounts.connect(anAccount(`account-${n}`));
      await data.tokens.put(`account-${n}`, pair(n), NOW);
    }
  };
  const keysOf = async (like: string) =>
    (await dumpTables(data)).oauthTokens.filter((row) => row.keyId === like).length;

  test('they show nowhere: not in the table, not where they are printed or copied, not in an error', async () => {
    const tokens = await data.tokens.get('ada-google');
    expect(tokens).toMatchObject({
      accessToken: 'ACCESS-1',
      refreshToken: 'REFRESH-1',
      hasRefreshToken: true,
    });
    const refused = await data.tokens.put('nobody', pair(1), NOW).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'ERR_DATA_REFUSED', sqlState: '23503' });
    const shown = [await dumpTables(data), tokens, { ...tokens }, refused, data];
    expect(inspect(shown, { depth: 9 }) + JSON.stringify(shown)).not.toMatch(
      /ACCESS|REFRESH|v1\.old\.\S+.*nobody/,
    );
  });

  test('a row that was copied over another opens nothing', async () => {
    await addAccounts(1);
    const { queries } = engineOf(data);
    const [ours] = await queries.select().from(oauthTokens).where(eq(oauthTokens.accountId, 'ada-google'));
    const { sealedAccessToken, sealedRefreshToken } = ours ?? {};
    await queries
      .update(oauthTokens)
      .set({ sealedAccessToken, sealedRefreshToken })
      .where(eq(oauthTokens.accountId, 'account-0'));
    await expect(data.tokens.get('account-0')).rejects.toThrow(UnreadableTokenError);
    await queries.update(oauthTokens).set({ sealedRefreshToken: sealedAccessToken });
    await expect(data.tokens.get('ada-google')).rejects.toThrow(UnreadableTokenError);
  });

  test('without their key they cannot be read, and the error names the key alone', async () => {
    const other = await open.again({ tokenKeys: [NEW] });
    const refused = await other.tokens.get('ada-google').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UnknownTokenKeyError);
    expect(refused).toMatchObject({ keyId: 'old' });
    expect(await other.rotateTokenKeys()).toEqual({
      rotated: 0,
      overtaken: 0,
      unreadable: [{ accountId: 'ada-google', keyId: 'old' }],
      left: 1,
    });
  });

  test('rotation seals all of them anew in batches, changes nothing else, and has nothing to do twice', async () => {
    await addAccounts(7);
    const facts = async () => Promise.all([...Array(7).keys()].map((n) => data.tokens.facts(`account-${n}`)));
    const before = (await facts()).map((row) => ({ ...row, keyId: 'new' }));
    const both = await open.again({ tokenKeys: [NEW, OLD] });
    expect(await both.rotateTokenKeys({ batchSize: 3 })).toEqual({
      rotated: 8,
      overtaken: 0,
      unreadable: [],
      left: 0,
    });
    const dump = await dumpTables(both);
    expect((await both.rotateTokenKeys({ batchSize: 3 })).rotated).toBe(0);
    expect(await dumpTables(both)).toEqual(dump);
    expect(await facts()).toEqual(before);

    const onlyNew = await open.again({ tokenKeys: [NEW] });
    expect(await onlyNew.tokens.get('account-3')).toMatchObject({
      accessToken: 'ACCESS-3',
      refreshToken: 'REFRESH-3',
    });
  });

  test('a rotation that was stopped goes on where it was', async () => {
    await addAccounts(4);
    const both = await open.again({ tokenKeys: [NEW, OLD] });
    const stopped = new AbortController();
    stopped.abort();
    await expect(both.rotateTokenKeys({ signal: stopped.signal })).rejects.toThrow();
    expect(await keysOf('new')).toBe(0);
    await engineOf(data)
      .queries.update(oauthTokens)
      .set({ keyId: 'new' })
      .where(eq(oauthTokens.accountId, 'account-0'));
    expect(await both.rotateTokenKeys()).toMatchObject({ rotated: 4, left: 0 });
  });

  test('two rotations at once share the work', async () => {
    await addAccounts(12);
    const [one, other] = [
      await open.again({ tokenKeys: [NEW, OLD] }),
      await open.again({ tokenKeys: [NEW, OLD] }),
    ];
    const reports = await Promise.all([
      one.rotateTokenKeys({ batchSize: 4 }),
      other.rotateTokenKeys({ batchSize: 6 }),
    ]);
    expect(reports.map(({ unreadable, left }) => [unreadable, left])).toEqual(Array(2).fill([[], 0]));
    expect(reports[0].rotated + reports[1].rotated).toBe(13);
    expect(await one.tokens.get('account-11')).toMatchObject({ accessToken: 'ACCESS-11' });
  });

  test('rotation and others that write at the same time lose nothing of each other', async () => {
    await addAccounts(12);
    const both = await open.again({ tokenKeys: [NEW, OLD] });
    const writing = async () => {
      for (let n = 0; n < 12; n++) await data.tokens.put(`account-${n}`, pair(`${n}-fresh`), LATER);
    };
    const [report] = await Promise.all([both.rotateTokenKeys({ batchSize: 4 }), writing()]);
    expect(report.rotated + report.overtaken).toBeGreaterThan(0);
    expect(report.unreadable).toEqual([]);
    for (let n = 0; n < 12; n++)
      expect(await both.tokens.get(`account-${n}`)).toMatchObject({ accessToken: `ACCESS-${n}-fresh` });
    await both.rotateTokenKeys();
    expect(await keysOf('old')).toBe(0);
  });
});
