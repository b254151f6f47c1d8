import type { Data } from '@switchyard/catchup-data';
import { dumpTables } from '@switchyard/catchup-data/testing';
import { DATABASE_KINDS, startDatabase, type TestDatabase } from '../spec-support/databases.js';
import { createAdaptiveSync } from './adaptive-sync.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const stamps = { createdAt: minutesAgo(9999), updatedAt: minutesAgo(9999) };
/** Every half hour up to ten minutes ago, the newest last. */
const history = (found: number, of: number) =>
  Array.from({ length: of }, (_, index) => ({
    at: minutesAgo(10 + 30 * (of - 1 - index)).toISOString(),
    changes: index >= of - found ? 3 : 0,
  }));

describe.each(DATABASE_KINDS)('adapting how often to sync on the %s database', (kind) => {
  let database: TestDatabase;
  let data: Data;
  beforeAll(async () => {
    database = await startDatabase(kind);
    ({ data } = database);
  });
  afterAll(() => database.stop());

  let accounts = 0;
  const addAccount = async (resources: Readonly<Record<string, object>>): Promise<string> => {
    const id = `account-${++accounts}`;
    const user = { id: `user of ${id}`, email: `${id}@example.com`, name: 'Ada', timeZone: 'UTC', ...stamps };
    await data.users.save(user);
    await data.accounts.connect({
      id,
      userId: user.id,
      provider: 'google',
      externalId: id,
      statusChangedAt: NOW,
      ...stamps,
    });
    for (const [resource, state] of Object.entries(resources))
      await data.syncState.save({ accountId: id, resource, ...stamps, ...state });
    return id;
  };
  const adapt = (accountId: string, now = NOW) =>
    createAdaptiveSync({ data, now: () => now }).adapt(accountId);

  it('knows nothing of an account without syncs', async () => {
    expect(await adapt('nobody')).toEqual([]);
    expect(await adapt(await addAccount({ contacts: {} }))).toMatchObject([
      {
        resource: 'contacts',
        intervalSeconds: 1800,
        nextSyncAt: undefined,
        reasons: [{ kind: 'nothing-known' }],
      },
    ]);
  });

  it('what changes often is synced often, what never does seldom, counted from the last run', async () => {
    const id = await addAccount({
      contacts: { changeHistory: history(20, 20), lastIncrementalAt: minutesAgo(10) },
      'events:primary': { changeHistory: history(0, 20), lastIncrementalAt: minutesAgo(10) },
    });
    const [often, seldom] = await adapt(id);
    expect(often?.intervalSeconds).toBeLessThan(1800);
    expect(seldom?.intervalSeconds).toBeGreaterThan(4 * 1800);
    for (const { intervalSeconds, nextSyncAt } of [often, seldom].flatMap((one) => one ?? []))
      expect(nextSyncAt).toEqual(new Date(minutesAgo(10).getTime() + intervalSeconds * 1000));
    expect((await data.syncState.get(id, 'contacts'))?.nextSyncAt).toEqual(often?.nextSyncAt);
  });

  it('changes nothing the second time, nor when it is asked later', async () => {
    const id = await addAccount({ contacts: { changeHistory: history(7, 20), lastFullAt: minutesAgo(10) } });
    expect((await adapt(id)).map(({ changed }) => changed)).toEqual([true]);
    const before = await dumpTables(data);
    expect((await adapt(id)).map(({ changed }) => changed)).toEqual([false]);
    await adapt(id, new Date(NOW.getTime() + 600_000));
    expect(await dumpTables(data)).toEqual(before);
  });

  it('failures put it off, working push makes it rare, and a silent channel does not', async () => {
    const id = await addAccount({
      contacts: { changeHistory: history(10, 20), failureCount: 2, lastFailureAt: minutesAgo(5) },
      'events:a': { changeHistory: history(20, 20), lastIncrementalAt: minutesAgo(10) },
      'events:b': { changeHistory: history(20, 20), lastIncrementalAt: minutesAgo(10) },
    });
    for (const [resource, status] of [
      ['events:a', 'active'],
      ['events:b', 'silent'],
    ] as const) {
      const channel = { id: `${id} ${resource}`, accountId: id, resource, token: 'x'.repeat(43), status };
      await data.channels.open({ ...channel, expiresAt: new Date(NOW.getTime() + 1), ...stamps });
    }
    const [contacts, pushed, silent] = await adapt(id);
    expect(contacts?.reasons).toContainEqual({ kind: 'failures', inARow: 2 });
    expect(pushed?.reasons).toContainEqual({ kind: 'push-is-working' });
    expect(silent?.reasons).toContainEqual({ kind: 'push-is-silent' });
    expect(pushed?.intervalSeconds).toBeGreaterThan(5 * (silent?.intervalSeconds ?? 0));
    // A channel that has ended pushes nothing.
    const later = await adapt(id, new Date(NOW.getTime() + 1));
    expect(later[1]?.intervalSeconds).toBe(silent?.intervalSeconds);
  });
});
