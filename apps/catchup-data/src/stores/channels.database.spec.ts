import { inspect } from 'node:util';
import type { Data, OpenedChannel, SignIn } from '../index.js';
import { describeOnBothDatabases } from '../spec-support/both-databases.js';
import { addAda, LATER, NOW } from '../spec-support/rows.js';
import { dumpTables } from '../testing/dump-tables.js';

const aChannel = (id: string, more: Partial<OpenedChannel> = {}): OpenedChannel => ({
  id,
  accountId: 'ada-google',
  calendarId: 'work',
  resource: 'events:work@example.org',
  token: `TOKEN-${id}`,
  status: 'active',
  expiresAt: LATER,
  createdAt: NOW,
  updatedAt: NOW,
  ...more,
});
const signIn: SignIn = {
  userId: 'ada',
  provider: 'google',
  codeVerifier: 'VERIFIER',
  redirectUri: 'http://127.0.0.1/callback',
  scopes: ['contacts'],
  returnTo: '/settings',
  createdAt: NOW,
  expiresAt: LATER,
};

describeOnBothDatabases('push channels and sign-ins', (open) => {
  let data: Data;
  beforeEach(async () => {
    data = await open();
    await addAda(data);
  });

  test('a push with another token, or to another channel, is nobody’s', async () => {
    await data.channels.open(aChannel('one'));
    await data.channels.open(aChannel('two'));
    for (const [id, token] of [
      ['one', 'TOKEN-two'],
      ['one', ''],
      ['three', 'TOKEN-one'],
    ] as const)
      expect(await data.channels.authenticate(id, token)).toBeUndefined();
    expect(await data.channels.authenticate('one', 'TOKEN-one')).toMatchObject({ id: 'one' });
    expect(inspect(await dumpTables(data), { depth: 9 })).not.toContain('TOKEN-one');
  });

  test('a message counts once, and none that a later one overtook', async () => {
    await data.channels.open(aChannel('one'));
    const note = (number: number) => data.channels.noteMessage('one', number, LATER);
    expect([await note(1), await note(1), await note(5), await note(4)]).toEqual([true, false, true, false]);
    expect(await data.channels.get('one')).toMatchObject({ lastMessageNumber: 5, lastNotifiedAt: LATER });
    const at = [...Array(6).keys()].map(() => note(7));
    expect((await Promise.all(at)).filter(Boolean)).toHaveLength(1);
  });

  test('a silent channel that speaks is active again, and a stopped one is not', async () => {
    for (const status of ['silent', 'stopped'] as const)
      await data.channels.open(aChannel(status, { status }));
    await data.channels.noteMessage('silent', 1, LATER);
    await data.channels.noteMessage('stopped', 1, LATER);
    expect(await data.channels.get('silent')).toMatchObject({ status: 'active' });
    expect(await data.channels.get('stopped')).toMatchObject({ status: 'stopped' });
  });

  test('those to renew, and those that went quiet, are found', async () => {
    await data.channels.open(aChannel('ends-later', { expiresAt: new Date(LATER.getTime() + 1) }));
    await data.channels.open(aChannel('ends', { status: 'silent' }));
    await data.channels.open(aChannel('stopped', { status: 'stopped' }));
    await data.channels.noteMessage('ends-later', 1, LATER);
    await data.channels.open(aChannel('quiet', { expiresAt: new Date(LATER.getTime() + 2) }));
    const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);
    expect(ids(await data.channels.endingBy(LATER, 10))).toEqual(['ends']);
    expect(ids(await data.channels.quietSince(LATER, 10))).toEqual(['quiet']);
    expect(ids(await data.channels.quietSince(NOW, 10))).toEqual([]);
  });

  test('a grant is noted once', async () => {
    await data.channels.open(aChannel('one', { status: 'pending' }));
    const granted = { resourceId: 'resource', expiresAt: LATER };
    expect(await data.channels.activate('one', granted, NOW)).toBe(true);
    const before = await dumpTables(data);
    expect(await data.channels.activate('one', granted, LATER)).toBe(false);
    expect(await data.channels.setStatus('one', 'active', LATER)).toBe(false);
    expect(await dumpTables(data)).toEqual(before);
  });

  test('of many that come back with one state one is let in', async () => {
    await data.oauthStates.put('STATE', signIn);
    const other = await open.again();
    const tries = [...Array(8).keys()].map((n) => (n % 2 ? data : other).oauthStates.take('STATE', NOW));
    const taken = (await Promise.all(tries)).filter((one) => one !== undefined);
    expect(taken).toHaveLength(1);
    expect(taken[0]).toMatchObject(signIn);
  });

  test('a state that is unknown or too late lets nobody in, and shows nowhere', async () => {
    await data.oauthStates.put('STATE', signIn);
    await data.oauthStates.put('OTHER', signIn);
    const shown = inspect([await dumpTables(data), await data.oauthStates.take('OTHER', NOW)], { depth: 9 });
    expect(shown).not.toMatch(/STATE|OTHER|VERIFIER/);
    expect(await data.oauthStates.take('UNKNOWN', NOW)).toBeUndefined();
    expect(await data.oauthStates.take('STATE', LATER)).toBeUndefined();
    expect(await data.oauthStates.take('STATE', NOW)).toBeUndefined();
    await data.oauthStates.put('STATE', signIn);
    expect([await data.oauthStates.removeExpired(NOW), await data.oauthStates.removeExpired(LATER)]).toEqual([
      0, 1,
    ]);
  });
});
