import { AccountTakenError, type Data } from '../index.js';
import { describeOnBothDatabases } from '../spec-support/both-databases.js';
import { aContact, addAda, anAccount, aUser, LATER, NOW } from '../spec-support/rows.js';
import { dumpTables } from '../testing/dump-tables.js';

const address = (value: string) => ({ value, label: null });

describeOnBothDatabases('users, accounts and contacts', (open) => {
  let data: Data;
  beforeEach(async () => {
    data = await open();
    await addAda(data);
  });

  test('an account is one user’s, and keeps its id through sign-ins', async () => {
    await data.users.save(aUser('eve'));
    const hers = { ...anAccount('eves-id', 'eve'), externalId: 'sub-ada-google' };
    await expect(data.accounts.connect(hers)).rejects.toThrow(AccountTakenError);
    const again = {
      ...anAccount('another-id'),
      externalId: 'sub-ada-google',
      createdAt: LATER,
      updatedAt: LATER,
    };
    const before = await dumpTables(data);
    expect(await data.accounts.connect(again)).toMatchObject({
      id: 'ada-google',
      userId: 'ada',
      updatedAt: NOW,
    });
    expect(await dumpTables(data)).toEqual(before);
    expect(await data.accounts.connect({ ...again, scopes: ['contacts'] })).toMatchObject({
      scopes: ['contacts'],
    });
  });

  test('a sign-in heals a broken account; a status is noted once, with its reason and since when', async () => {
    expect(await data.accounts.setStatus('ada-google', 'needs-reconnect', 'invalid_grant', LATER)).toBe(true);
    expect(await data.accounts.setStatus('ada-google', 'needs-reconnect', 'invalid_grant', NOW)).toBe(false);
    const broken = await data.accounts.get('ada-google');
    expect(broken).toMatchObject({
      status: 'needs-reconnect',
      statusReason: 'invalid_grant',
      statusChangedAt: LATER,
    });
    const asked = await Promise.all(
      [1, 2, 3].map(() => data.accounts.noteReconnectAsked(broken as NonNullable<typeof broken>, LATER)),
    );
    expect(asked.filter(Boolean)).toHaveLength(1);
    expect(await data.accounts.list({ status: 'needs-reconnect', limit: 10 })).toMatchObject([
      { id: 'ada-google' },
    ]);
    expect(await data.accounts.connect({ ...anAccount(), updatedAt: LATER })).toMatchObject({
      status: 'connected',
      statusReason: null,
      reconnectAskedAt: null,
    });
    expect(await data.accounts.list({ status: 'needs-reconnect', limit: 10 })).toEqual([]);
  });

  test('pages go through all, once, whatever comes and goes meanwhile', async () => {
    for (const id of ['b', 'd', 'f', 'h']) await data.users.save(aUser(id));
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await data.users.list({ after, limit: 2 });
      seen.push(...page.map(({ id }) => id));
      after = page.at(-1)?.id;
      if (after === undefined) break;
      await data.users.save(aUser('a'));
      await data.users.remove('b');
    }
    expect(seen).toEqual(['ada', 'b', 'd', 'f', 'h']);
  });

  test('a user takes along everything that is theirs', async () => {
    await data.tokens.put('ada-google', { accessToken: 'a', expiresAt: NOW }, NOW);
    expect(await data.users.remove('ada')).toBe(true);
    expect(await data.users.remove('ada')).toBe(false);
    expect(Object.values(await dumpTables(data)).flat()).toEqual([]);
  });

  test('users are found by what is theirs alone', async () => {
    await data.users.save({ ...aUser(), phone: '+4930123456' });
    expect(await data.users.byPhone('+4930123456')).toMatchObject({ id: 'ada' });
    expect(await data.users.byEmail('ada@example.org')).toMatchObject({ id: 'ada' });
    const taken = data.users.save({ ...aUser('eve'), phone: '+4930123456' });
    await expect(taken).rejects.toMatchObject({ constraint: 'users_phone_key' });
    await expect(data.users.save({ ...aUser('eve'), phone: '030 123' })).rejects.toMatchObject({
      sqlState: '23514',
    });
    expect(await data.users.setSmsStopped('ada', LATER, LATER)).toBe(true);
    expect(await data.users.setSmsStopped('ada', LATER, NOW)).toBe(false);
  });

  test('the addresses of a contact become those that are given, in their order', async () => {
    const give = (emails: readonly string[], phones: readonly string[] = []) =>
      data.contacts.replaceAddresses([
        { contactId: 'grace', userId: 'ada', emails: emails.map(address), phones: phones.map(address) },
      ]);
    const emails = async () => (await data.contacts.emailsOf(['grace'])).map(({ email }) => email);
    expect(await give(['a@x.org', 'b@x.org', 'a@x.org'], ['+491'])).toBe(3);
    expect(await give(['a@x.org', 'b@x.org'], ['+491'])).toBe(0);
    expect(await give(['b@x.org', 'c@x.org'])).toBe(4);
    expect(await emails()).toEqual(['b@x.org', 'c@x.org']);
    expect(await data.contacts.phonesOf(['grace'])).toEqual([]);
    expect(await data.contacts.byEmails('ada', ['c@x.org', 'a@x.org'])).toMatchObject([{ id: 'grace' }]);
    expect(await data.contacts.byEmails('eve', ['c@x.org'])).toEqual([]);
  });

  test('addresses of other contacts stay', async () => {
    await data.contacts.upsert([aContact('alan')]);
    const one = { userId: 'ada', emails: [address('both@x.org')], phones: [address('+491')] };
    await data.contacts.replaceAddresses([
      { contactId: 'alan', ...one },
      { contactId: 'grace', ...one },
    ]);
    await data.contacts.replaceAddresses([{ contactId: 'grace', userId: 'ada', emails: [], phones: [] }]);
    expect(await data.contacts.byPhone('ada', '+491')).toMatchObject([{ id: 'alan' }]);
    expect(await data.contacts.emailsOf(['alan', 'grace'])).toMatchObject([{ contactId: 'alan' }]);
    await data.contacts.markDeleted(['alan'], LATER);
    expect(await data.contacts.byPhone('ada', '+491')).toEqual([]);
  });

  test('only a later talk counts as the last', async () => {
    expect(await data.contacts.noteContacted('grace', LATER, LATER)).toBe(true);
    expect(await data.contacts.noteContacted('grace', NOW, LATER)).toBe(false);
    expect(await data.contacts.noteContacted('grace', LATER, LATER)).toBe(false);
    expect(await data.contacts.get('grace')).toMatchObject({ lastContactedAt: LATER });
  });
});
