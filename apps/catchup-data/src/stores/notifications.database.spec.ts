import type { Data } from '../index.js';
import { describeOnBothDatabases } from '../spec-support/both-databases.js';
import { addAda, aNotification, aUser, LATER, NOW } from '../spec-support/rows.js';
import { dumpTables } from '../testing/dump-tables.js';

const MESSAGE = { recipient: '+4930123456', body: 'text' };

const claimOf = (batchId: string, now = NOW) => ({ batchId, now, leaseMs: 60_000, limit: 100 });
const AFTER_LEASE = new Date(NOW.getTime() + 60_000);

describeOnBothDatabases('notifications', (open) => {
  let data: Data;
  beforeEach(async () => {
    data = await open();
    await addAda(data);
    await data.notifications.add(['one', 'two', 'three'].map((id) => aNotification(id)));
  });
  const statuses = async () => (await data.notifications.ofUser('ada')).map(({ id, status }) => [id, status]);

  test('what has the same key is said once to a user, and to each user', async () => {
    await data.users.save(aUser('eve'));
    const again = await data.notifications.add([
      aNotification('another', { dedupeKey: 'key-one' }),
      aNotification('four'),
      aNotification('hers', { userId: 'eve', dedupeKey: 'key-one' }),
    ]);
    expect(again.map(({ id }) => id)).toEqual(['four', 'hers']);
    expect(await data.notifications.usersWithDue(NOW, { limit: 10 })).toEqual(['ada', 'eve']);
    expect(await data.notifications.usersWithDue(NOW, { limit: 10, after: 'ada' })).toEqual(['eve']);
  });

  test('of many that claim at once one gets all, and the others nothing', async () => {
    const other = await open.again();
    const tries = [...Array(8).keys()].map((n) =>
      (n % 2 ? data : other).notifications.claim('ada', claimOf(`batch-${n}`)),
    );
    const claimed = (await Promise.all(tries)).filter((one) => one !== undefined);
    expect(claimed.map(({ notifications }) => notifications.length)).toEqual([3]);
    expect((await dumpTables(data)).notificationBatches).toHaveLength(1);
  });

  test('nothing is claimed before it is due, nor beyond the limit, nor while a batch is open', async () => {
    await data.notifications.add([aNotification('later', { dueAt: LATER })]);
    const first = await data.notifications.claim('ada', { ...claimOf('first'), limit: 2 });
    expect(first?.notifications.map(({ id }) => id)).toEqual(['one', 'three']);
    expect(first?.batch).toMatchObject({ state: 'claimed', leaseUntil: AFTER_LEASE });
    expect(await data.notifications.claim('ada', claimOf('second'))).toBeUndefined();
    expect(await data.notifications.usersWithDue(NOW, { limit: 10 })).toEqual(['ada']);

    await data.batches.markSending('first', MESSAGE, AFTER_LEASE, NOW);
    expect(await data.notifications.claim('ada', claimOf('second'))).toBeUndefined();
    await data.batches.markSent('first', 'SM1', NOW);
    expect((await data.notifications.claim('ada', claimOf('second')))?.notifications).toMatchObject([
      { id: 'two' },
    ]);
    await data.batches.release('second', NOW);
    expect((await data.notifications.claim('ada', claimOf('third', LATER)))?.notifications).toHaveLength(2);
  });

  test('who claims nothing leaves no batch behind', async () => {
    await data.notifications.claim('ada', claimOf('all'));
    await data.batches.release('all', NOW);
    await data.notifications.cancel(['one', 'two', 'three'], NOW);
    const before = await dumpTables(data);
    expect(await data.notifications.claim('ada', claimOf('none'))).toBeUndefined();
    expect(await data.notifications.cancel(['one'], NOW)).toEqual([]);
    expect(await dumpTables(data)).toEqual(before);
  });

  test('what was cancelled can be added again, what is pending or was sent cannot', async () => {
    const again = ['one', 'two'].map((name) => ({
      ...aNotification(name),
      id: `${name} again`,
      dueAt: LATER,
    }));
    expect(await data.notifications.add(again)).toEqual([]);
    await data.notifications.cancel(['one'], NOW);
    expect(await data.notifications.add([...again, ...again])).toMatchObject([
      { id: 'one', status: 'pending', dueAt: LATER, attempts: 0 },
    ]);
    expect(await data.notifications.add(again)).toEqual([]);
  });

  test('a message that went out has all its notifications sent, once', async () => {
    await data.notifications.claim('ada', claimOf('batch'));
    expect(await data.batches.markSent('batch', 'SM1', NOW)).toBe(false);
    expect(await data.batches.markSending('batch', MESSAGE, AFTER_LEASE, NOW)).toBe(true);
    expect(await data.batches.markSending('batch', MESSAGE, AFTER_LEASE, NOW)).toBe(false);
    expect(await data.batches.release('batch', NOW)).toBe(false);
    expect(await data.batches.markSent('batch', 'SM1', NOW)).toBe(true);
    const before = await dumpTables(data);
    expect(await data.batches.markSent('batch', 'SM2', LATER)).toBe(false);
    expect(await data.batches.markFailed('batch', 'late', { final: true, now: LATER })).toBe(false);
    expect(await dumpTables(data)).toEqual(before);
    expect(await data.batches.byProviderMessageId('SM1')).toMatchObject({
      id: 'batch',
      state: 'sent',
      sentAt: NOW,
    });
    expect(await data.notifications.ofBatch('batch')).toMatchObject(
      Array(3).fill({ status: 'sent', sentAt: NOW, attempts: 1 }),
    );
  });

  test('what was refused is tried again, until it is final', async () => {
    for (const [batch, final] of [
      ['first', false],
      ['second', true],
    ] as const) {
      await data.notifications.claim('ada', claimOf(batch));
      await data.batches.markSending(batch, MESSAGE, AFTER_LEASE, NOW);
      expect(await data.batches.markFailed(batch, 'no such number', { final, now: NOW })).toBe(true);
      expect(await data.batches.get(batch)).toMatchObject({
        state: 'failed',
        failure: 'no such number',
        leaseUntil: null,
      });
    }
    expect(await statuses()).toEqual([
      ['one', 'failed'],
      ['three', 'failed'],
      ['two', 'failed'],
    ]);
    expect(await data.notifications.get('one')).toMatchObject({ attempts: 2, batchId: 'second' });
  });

  test('what a dead process left is found after its lease: to be released before it was sent, to be looked into after', async () => {
    await data.users.save(aUser('eve'));
    await data.notifications.add([aNotification('hers', { userId: 'eve' })]);
    await data.notifications.claim('ada', claimOf('claimed'));
    await data.notifications.claim('eve', claimOf('sending'));
    await data.batches.markSending('sending', MESSAGE, AFTER_LEASE, NOW);
    expect(await data.batches.abandoned(NOW, 10)).toEqual([]);
    expect((await data.batches.abandoned(AFTER_LEASE, 10)).map(({ id, state }) => [id, state])).toEqual([
      ['claimed', 'claimed'],
      ['sending', 'sending'],
    ]);
    expect(await data.batches.release('claimed', AFTER_LEASE)).toBe(true);
    expect(await data.batches.markSending('claimed', MESSAGE, LATER, LATER)).toBe(false);
    expect(
      (await data.notifications.claim('ada', claimOf('again', AFTER_LEASE)))?.notifications,
    ).toHaveLength(3);
  });
});
