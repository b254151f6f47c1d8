import { dumpTables } from '@switchyard/catchup-data/testing';
import type { SmsSender } from '@switchyard/catchup-telephony';
import { DATABASE_KINDS } from '../spec-support/databases.js';
import { HOUR_MS, MONDAY, startDayLab, type DayLab } from '../spec-support/day-lab.js';
import { createBatchedNotifications } from './batched-notifications.js';

describe.each(DATABASE_KINDS)('what changes before a message goes out, on the %s database', (kind) => {
  let lab: DayLab;
  beforeAll(async () => void (lab = await startDayLab(kind)));
  afterAll(() => lab.stop());
  beforeEach(() => lab.setNow(MONDAY));

  const reminded = async () => {
    const user = await lab.remindedUser({ Bea: 40 });
    expect(await lab.reminders().remind(user.id)).toEqual({ added: 1, cancelled: 0 });
    const [call] = await lab.pendingOf(user);
    if (!call) throw new Error('no call was suggested');
    const move = (hours: number) => {
      const later = (at: Date) => new Date(at.getTime() + hours * HOUR_MS);
      const [slotStartAt, slotEndAt] = [later(call.slotStartAt), later(call.slotEndAt)];
      const { id, score, reasons } = call;
      const moved = { id, score, reasons, slotStartAt, slotEndAt, expiresAt: slotStartAt };
      return lab.data.suggestions.revise([moved], lab.now());
    };
    return { user, call, move };
  };

  it('a call that is moved and moved back is reminded of all the same, once', async () => {
    const { user, move } = await reminded();
    await move(2);
    expect(await lab.reminders().remind(user.id)).toEqual({ added: 0, cancelled: 1 });
    await move(0);
    expect(await lab.reminders().remind(user.id)).toEqual({ added: 1, cancelled: 0 });
    const before = await dumpTables(lab.data);
    expect(await lab.reminders().remind(user.id)).toEqual({ added: 0, cancelled: 0 });
    expect(await dumpTables(lab.data)).toEqual(before);
    expect(await lab.batches().sendFor(user.id)).toMatchObject({ kind: 'sent' });

    await move(2);
    await lab.reminders().remind(user.id);
    await move(0);
    expect(await lab.reminders().remind(user.id)).toEqual({ added: 0, cancelled: 0 });
    expect(lab.textsTo(user)).toHaveLength(1);
  });

  it.each(['dismissed', 'accepted'] as const)('nobody is reminded of what was %s since', async (as) => {
    const { user, call } = await reminded();
    await lab.suggestions.decide(user.id, call.id, as);
    expect(await lab.batches().sendFor(user.id)).toEqual({ kind: 'nothing-to-send' });
    expect(await lab.data.notifications.ofUser(user.id, 'cancelled')).toHaveLength(1);
    expect(lab.textsTo(user)).toEqual([]);
  });

  it('nobody is told a time from which the call was moved away', async () => {
    const { user, move } = await reminded();
    await move(2);
    expect(await lab.batches().sendFor(user.id)).toEqual({ kind: 'nothing-to-send' });
    expect(lab.textsTo(user)).toEqual([]);
  });

  it('a contact without a name is not reminded of again and again', async () => {
    const user = await lab.remindedUser({ ' ': 40 });
    const before = await dumpTables(lab.data);
    expect(await lab.reminders().remind(user.id)).toEqual({ added: 0, cancelled: 0 });
    await lab.batches().sendFor(user.id);
    expect(await dumpTables(lab.data)).toEqual(before);
  });

  it('who has just said stop, or changed the number, is believed', async () => {
    const { user } = await reminded();
    const after = (change: () => Promise<unknown>) =>
      createBatchedNotifications({
        ...lab,
        sms: lab.texts.sms,
        data: {
          ...lab.data,
          transaction: async (...asked) => {
            await change();
            return lab.data.transaction(...asked);
          },
        },
      });
    const stopped = after(() => lab.data.users.setSmsStopped(user.id, lab.now(), lab.now()));
    expect(await stopped.sendFor(user.id)).toEqual({ kind: 'unreachable', because: 'stopped' });
    await lab.data.users.setSmsStopped(user.id, null, lab.now());

    const phone = '+4915199999999';
    const moved = after(() => lab.data.users.save({ ...user, phone, updatedAt: lab.now() }));
    expect(await moved.sendFor(user.id)).toMatchObject({ kind: 'sent' });
    expect(lab.textsTo(user)).toEqual([]);
    expect(lab.textsTo({ ...user, phone })).toHaveLength(1);
    await lab.data.users.save({ ...user, phone: null });
  });

  it('a sender that takes too long is called off when its lease ends', async () => {
    const { user } = await reminded();
    const slow: SmsSender = {
      ...lab.texts.sms,
      send: (_, { signal } = {}) =>
        new Promise((_resolve, reject) => {
          if (!signal) throw new Error('nothing would ever stop it');
          signal.addEventListener('abort', () => reject(new Error('called off')), { once: true });
        }),
    };
    const batches = createBatchedNotifications({ ...lab, sms: slow, leaseSeconds: 1 });
    await expect(batches.sendFor(user.id)).rejects.toThrow('called off');
    lab.pass(2000);
    expect(await lab.batches().settle()).toEqual({ sent: 0, released: 1, open: 0 });
    expect(await lab.batches().sendFor(user.id)).toMatchObject({ kind: 'sent' });
  });
});
