import { TransactionConflictError, type Data, type Stores } from './index.js';
import { describeOnBothDatabases } from './spec-support/both-databases.js';
import { addAda, aUser, NOW } from './spec-support/rows.js';
import { dumpTables } from './testing/dump-tables.js';

describeOnBothDatabases('transactions', (open) => {
  let data: Data;
  beforeEach(async () => {
    data = await open();
  });
  const names = async () => (await data.users.list({ limit: 10 })).map(({ id }) => id);

  test('what fails leaves nothing, and the error comes through as it was', async () => {
    const failure = new Error('of the caller');
    const before = await dumpTables(data);
    await expect(
      data.transaction(async ({ users }) => {
        await users.save(aUser());
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect(await dumpTables(data)).toEqual(before);
  });

  test('a statement that was refused spoils the whole, even if nobody minded', async () => {
    const saved = data.transaction(async ({ users }) => {
      await users.save(aUser('ada'));
      await users.save({ ...aUser('eve'), email: 'ada@example.org' }).catch(() => undefined);
    });
    await expect(saved).rejects.toMatchObject({ code: 'ERR_DATA_REFUSED', constraint: 'users_email_key' });
    expect(await names()).toEqual([]);
  });

  test('a value that cannot be stored is found before anything is sent, and spoils nothing', async () => {
    await data.transaction(async ({ users }) => {
      await users.save(aUser('ada'));
      await expect(users.save(aUser('nul\0'))).rejects.toMatchObject({ code: 'ERR_DATA_UNSTORABLE' });
      await users.save(aUser('eve'));
    });
    expect(await names()).toEqual(['ada', 'eve']);
  });

  test('inside, the stores of the database are refused instead of waiting for themselves', async () => {
    const uses: (() => Promise<unknown>)[] = [
      () => data.users.get('ada'),
      () => data.transaction(async () => undefined),
      () => data.ping(),
    ];
    for (const use of uses)
      await expect(data.transaction(use)).rejects.toMatchObject({ problem: 'outside-transaction' });
    await data.ping();
  });

  test('the stores of a transaction end with it', async () => {
    const leaked = await data.transaction(async (stores) => stores);
    await expect(leaked.users.get('ada')).rejects.toMatchObject({ problem: 'transaction-over' });
    let failed: Stores | undefined;
    await data
      .transaction(async (stores) => {
        failed = stores;
        throw new Error('of the caller');
      })
      .catch(() => undefined);
    await expect(failed?.users.save(aUser())).rejects.toMatchObject({ problem: 'transaction-over' });
    expect(await names()).toEqual([]);
  });

  test('a conflict is tried again, as often as it may be, and no more', async () => {
    let tries = 0;
    const giveWay = async (stores: Stores) => {
      tries++;
      await stores.users.save(aUser(`try-${tries}`));
      throw new TransactionConflictError('40001');
    };
    const given = await data.transaction(giveWay, { maxAttempts: 3 }).catch((error: unknown) => error);
    expect(given).toMatchObject({ code: 'ERR_DATA_CONFLICT', attempts: 3, sqlState: '40001' });
    expect(tries).toBe(3);
    expect(await names()).toEqual([]);

    const stop = new AbortController();
    const stopped = data.transaction(
      async () => {
        stop.abort();
        throw new TransactionConflictError('40P01');
      },
      { signal: stop.signal },
    );
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    await expect(data.transaction(giveWay, { maxAttempts: 0 })).rejects.toMatchObject({
      code: 'ERR_DATA_OPTION',
    });
  });

  test('two that read and then write the same rows both end well', async () => {
    await data.users.save({ ...aUser(), name: '0' });
    const count = () =>
      data.transaction(
        async ({ users }) => {
          const user = await users.get('ada');
          await users.save({ ...aUser(), name: String(Number(user?.name) + 1) });
        },
        { isolation: 'serializable', maxAttempts: 20 },
      );
    await Promise.all([count(), count(), count(), count()]);
    expect(await data.users.get('ada')).toMatchObject({ name: '4' });
  });

  test('two that lock the same rows the other way round both end well', async () => {
    await data.users.save(aUser('ada'));
    await data.users.save(aUser('eve'));
    let waiting = 0;
    let meet: () => void = () => undefined;
    const met = new Promise<void>((resolve) => (meet = resolve));
    const lockBoth = (first: string, second: string) =>
      data.transaction(async ({ users }) => {
        await users.save({ ...aUser(first), name: `${first} of ${second}` });
        // An embedded database runs one after the other: nobody to meet.
        if (++waiting === 2 || data.kind === 'embedded') meet();
        await met;
        await users.save({ ...aUser(second), name: `${second} of ${first}` });
      });
    await Promise.all([lockBoth('ada', 'eve'), lockBoth('eve', 'ada')]);
    const [ada, eve] = await data.users.list({ limit: 2 });
    expect([ada?.name, eve?.name]).toEqual(['ada of eve', 'eve of ada']);
  });

  test('counters of eight bytes are numbers on both', async () => {
    const biggest = Number.MAX_SAFE_INTEGER;
    await addAda(data);
    await data.channels.open({
      id: 'channel',
      accountId: 'ada-google',
      resource: 'contacts',
      token: 'token',
      status: 'active',
      expiresAt: NOW,
      lastMessageNumber: biggest,
      createdAt: NOW,
      updatedAt: NOW,
    });
    expect(await data.channels.get('channel')).toMatchObject({ lastMessageNumber: biggest });
    expect(await data.rotateTokenKeys()).toMatchObject({ left: 0 });
  });
});
