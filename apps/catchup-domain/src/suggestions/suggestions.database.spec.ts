import type { Data, User } from '@switchyard/catchup-data';
import { dumpTables } from '@switchyard/catchup-data/testing';
import { createAgenda } from '../free-slots/agenda.js';
import { createBatchedNotifications } from '../notifications/batched-notifications.js';
import { createSuggestionReminders } from '../notifications/suggestion-reminders.js';
import { DATABASE_KINDS, startDatabase, type TestDatabase } from '../spec-support/databases.js';
import { startSmsLab, type SmsLab } from '../spec-support/sms-lab.js';
import { createSuggestions, type Suggestions } from './suggestions.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Monday morning in winter. */
const MONDAY = new Date('2026-03-02T07:00:00Z');

describe.each(DATABASE_KINDS)('the day of a user on the %s database', (kind) => {
  let database: TestDatabase;
  let data: Data;
  let desk: SmsLab;
  let nowMs: number;
  let ids = 0;
  let suggestions: Suggestions;
  const now = () => new Date(nowMs);
  const newId = () => `id-${++ids}`;
  const pass = (ms: number) => void (nowMs += ms);

  beforeAll(async () => {
    database = await startDatabase(kind);
    ({ data } = database);
    desk = await startSmsLab(now);
    suggestions = createSuggestions({ data, agenda: createAgenda({ data }), now, newId });
  });
  afterAll(async () => {
    await desk.stop();
    await database.stop();
  });
  beforeEach(() => {
    nowMs = MONDAY.getTime();
    desk.twilio.setFaults([]);
  });

  const stamps = () => ({ createdAt: now(), updatedAt: now() });
  let phones = 0;
  const phone = () => `+49151${String(10_000_000 + ++phones)}`;
  const addUser = async (change: Partial<User> = {}): Promise<User> => {
    const id = newId();
    await data.users.save({
      id,
      email: `${id}@example.com`,
      name: 'Ada',
      phone: phone(),
      timeZone: 'Europe/Berlin',
      ...stamps(),
      ...change,
    });
    return (await data.users.get(id)) as User;
  };
  /** Friends who have not been talked to for so many days. */
  const addFriends = async ({ id: userId }: User, days: Readonly<Record<string, number>>) => {
    for (const [name, ago] of Object.entries(days)) {
      const id = `${userId} ${name}`;
      await data.contacts.upsert([{ id, userId, displayName: name, ...stamps() }]);
      await data.contacts.replaceAddresses([
        { contactId: id, userId, emails: [], phones: [{ value: phone(), label: null }] },
      ]);
      await data.contacts.setPersonal(
        id,
        { closeness: 1, lastContactedAt: new Date(nowMs - ago * DAY_MS) },
        now(),
      );
    }
  };
  const addEvent = async (user: User, startAt: Date, hours: number) => {
    const account = await data.accounts.connect({
      id: newId(),
      userId: user.id,
      provider: 'google',
      externalId: newId(),
      email: user.email,
      statusChangedAt: now(),
      ...stamps(),
    });
    const calendar = {
      id: newId(),
      accountId: account.id,
      userId: user.id,
      externalId: 'primary',
      summary: 'Ada',
      timeZone: user.timeZone,
      accessRole: 'owner',
      isPrimary: true,
      ...stamps(),
    };
    await data.calendars.upsert([calendar]);
    await data.events.upsert([
      {
        id: newId(),
        calendarId: calendar.id,
        userId: user.id,
        externalId: newId(),
        status: 'confirmed',
        startAt,
        endAt: new Date(startAt.getTime() + hours * HOUR_MS),
        ...stamps(),
      },
    ]);
  };
  const pendingOf = ({ id }: User) => data.suggestions.ofUser(id, 'pending');

  describe('suggestions', () => {
    it('nobody for a user whom nobody knows, or who knows nobody', async () => {
      const nothing = { created: [], updated: [], unchanged: 0, expired: [] };
      expect(await suggestions.generate('nobody')).toEqual(nothing);
      expect(await suggestions.generate((await addUser()).id)).toEqual(nothing);
    });

    it('says who, when and why, around what is in the calendar, and the same the second time', async () => {
      const user = await addUser();
      await addFriends(user, { Bea: 40, Cem: 11, Dora: 2 });
      // 9 to 12 in Berlin.
      await addEvent(user, new Date('2026-03-02T08:00:00Z'), 3);
      const { created } = await suggestions.generate(user.id);
      expect(
        created.map(({ contactId, score, slotStartAt }) => [contactId, score, slotStartAt.toISOString()]),
      ).toEqual([
        [`${user.id} Bea`, 80, '2026-03-02T11:00:00.000Z'],
        [`${user.id} Cem`, 24, '2026-03-02T11:30:00.000Z'],
      ]);
      for (const { score, reasons } of created)
        expect(reasons.reduce((sum, { points }) => sum + points, 0)).toBe(score);

      const before = await dumpTables(data);
      expect(await suggestions.generate(user.id)).toMatchObject({ created: [], updated: [], unchanged: 2 });
      pass(10 * 60_000);
      expect(await suggestions.generate(user.id)).toMatchObject({ created: [], updated: [], unchanged: 2 });
      expect(await dumpTables(data)).toEqual(before);
    });

    it('moves one whose time is taken, and lets go of one that came to nothing', async () => {
      const user = await addUser();
      await addFriends(user, { Bea: 40, Cem: 30 });
      await suggestions.generate(user.id);
      await addEvent(user, new Date('2026-03-02T08:00:00Z'), 1);
      await data.contacts.noteContacted(`${user.id} Cem`, now(), now());
      const { updated, expired } = await suggestions.generate(user.id);
      expect(updated).toMatchObject([
        { contactId: `${user.id} Bea`, slotStartAt: new Date('2026-03-02T09:00:00Z') },
      ]);
      expect(expired).toMatchObject([{ because: 'not-worth-it-any-more' }]);
    });

    it('what was decided stays decided, and nobody else decides it', async () => {
      const user = await addUser();
      await addFriends(user, { Bea: 40 });
      const [made] = (await suggestions.generate(user.id)).created;
      const id = made?.id as string;
      expect(await suggestions.decide('somebody else', id, 'accepted')).toBe(false);
      expect(await suggestions.decide(user.id, id, 'dismissed')).toBe(true);
      expect(await suggestions.decide(user.id, id, 'accepted')).toBe(false);
      expect(await suggestions.generate(user.id)).toMatchObject({ created: [] });
      // A month later it is worth a try again.
      pass(30 * DAY_MS);
      expect((await suggestions.generate(user.id)).created).toHaveLength(1);
    });

    it('two that generate at once make one of each', async () => {
      const user = await addUser();
      await addFriends(user, { Bea: 40, Cem: 30, Dora: 20 });
      const other = createSuggestions({
        data: await database.openAnother(),
        agenda: createAgenda({ data }),
        now,
        newId,
      });
      await Promise.all([
        suggestions.generate(user.id),
        other.generate(user.id),
        suggestions.generate(user.id),
      ]);
      const all = await data.suggestions.ofUser(user.id);
      expect(all.map(({ contactId }) => contactId).sort()).toEqual(
        ['Bea', 'Cem', 'Dora'].map((name) => `${user.id} ${name}`),
      );
      expect(new Set(all.map(({ slotStartAt }) => slotStartAt.getTime())).size).toBe(3);
    });
  });

  describe('reminders and the messages they go out in', () => {
    const reminders = () => createSuggestionReminders({ data, now, newId });
    const batches = () => createBatchedNotifications({ data, sms: desk.sms, now, newId });
    const textsTo = ({ phone: to }: User) => desk.twilio.messages.filter((message) => message.to === to);

    const remindedUser = async (names: Readonly<Record<string, number>>): Promise<User> => {
      const user = await addUser({ preferences: { callHours: { from: '17:00', to: '20:00' } } });
      await addFriends(user, names);
      await suggestions.generate(user.id);
      // 15:00 in Berlin, two hours before the first call.
      pass(7 * HOUR_MS);
      return user;
    };

    it('one message for all that is due, once, however often it is asked for', async () => {
      const user = await remindedUser({ Bea: 40, Cem: 30 });
      expect(await reminders().remind(user.id)).toEqual({ added: 1, cancelled: 0 });
      pass(30 * 60_000);
      expect(await reminders().remind(user.id)).toEqual({ added: 1, cancelled: 0 });
      expect(await reminders().remind(user.id)).toEqual({ added: 0, cancelled: 0 });
      expect(await batches().sendFor(user.id)).toMatchObject({ kind: 'sent', notifications: 2 });
      const before = await dumpTables(data);
      expect(await batches().sendFor(user.id)).toEqual({ kind: 'nothing-to-send' });
      expect(await reminders().remind(user.id)).toEqual({ added: 0, cancelled: 0 });
      expect(await dumpTables(data)).toEqual(before);
      expect(textsTo(user).map(({ body }) => body)).toEqual([
        'CatchUp: 2 reminders\n- Call Bea today at 17:00\n- Call Cem today at 17:30',
      ]);
    });

    it('many processes send it once', async () => {
      const user = await remindedUser({ Bea: 40 });
      await reminders().remind(user.id);
      const outcomes = await Promise.all(Array.from({ length: 6 }, () => batches().sendFor(user.id)));
      expect(outcomes.map(({ kind: outcome }) => outcome).sort()).toEqual([
        ...Array.from({ length: 5 }, () => 'nothing-to-send'),
        'sent',
      ]);
      expect(textsTo(user)).toHaveLength(1);
    });

    it('what was decided, or has passed, is not reminded of', async () => {
      const user = await remindedUser({ Bea: 40 });
      await reminders().remind(user.id);
      const [bea] = await pendingOf(user);
      await suggestions.decide(user.id, bea?.id as string, 'accepted');
      expect(await reminders().remind(user.id)).toEqual({ added: 0, cancelled: 1 });
      expect(await batches().sendFor(user.id)).toEqual({ kind: 'nothing-to-send' });

      nowMs = MONDAY.getTime();
      const late = await remindedUser({ Cem: 40 });
      await reminders().remind(late.id);
      pass(3 * HOUR_MS);
      expect(await batches().sendFor(late.id)).toEqual({ kind: 'nothing-to-send' });
      expect(await data.notifications.ofUser(late.id, 'cancelled')).toHaveLength(1);
    });

    it('nobody is woken, and nobody is written to who wants no messages', async () => {
      const user = await remindedUser({ Bea: 40 });
      await reminders().remind(user.id);
      pass(7 * HOUR_MS);
      expect(await batches().sendFor(user.id)).toEqual({
        kind: 'quiet',
        until: new Date('2026-03-03T07:00:00Z'),
      });

      nowMs = MONDAY.getTime();
      const stopped = await remindedUser({ Bea: 40 });
      await reminders().remind(stopped.id);
      desk.twilio.setOptedOut(stopped.phone as string, true);
      expect(await batches().sendFor(stopped.id)).toMatchObject({
        kind: 'not-sent',
        final: true,
        code: 'ERR_SMS_RECIPIENT_BLOCKED',
      });
      expect(await batches().sendFor(stopped.id)).toEqual({ kind: 'unreachable', because: 'stopped' });
    });

    it('too many requests: nothing is sent, and everything later', async () => {
      const user = await remindedUser({ Bea: 40 });
      await reminders().remind(user.id);
      desk.twilio.setFaults([{ kind: 'too-many-requests', retryAfterSeconds: 60 }]);
      expect(await batches().sendFor(user.id)).toMatchObject({ kind: 'not-sent', final: false });
      desk.twilio.setFaults([]);
      expect(await batches().sendFor(user.id)).toMatchObject({ kind: 'sent' });
      expect(textsTo(user)).toHaveLength(1);
    });

    it.each([
      ['drop-after', 1, { sent: 1, released: 0, open: 0 }],
      ['drop-before', 0, { sent: 0, released: 1, open: 0 }],
    ] as const)('%s: nobody sends again before the provider was asked', async (fault, already, settled) => {
      const user = await remindedUser({ Bea: 40 });
      await reminders().remind(user.id);
      desk.twilio.setFaults([{ kind: fault, operation: 'send', times: 1 }]);
      expect(await batches().sendFor(user.id)).toMatchObject({ kind: 'unknown' });
      expect(await batches().sendFor(user.id)).toEqual({ kind: 'nothing-to-send' });
      expect(textsTo(user)).toHaveLength(already);

      // Until the lease is over it may still be on its way.
      expect(await batches().settle()).toEqual({ sent: 0, released: 0, open: 0 });
      pass(3 * 60_000);
      desk.twilio.setFaults([{ kind: 'internal-error', operation: 'list', times: 1 }]);
      expect(await batches().settle()).toEqual({ sent: 0, released: 0, open: 1 });
      desk.twilio.setFaults([]);
      expect(await batches().settle()).toEqual(settled);
      await batches().sendFor(user.id);
      expect(textsTo(user)).toHaveLength(1);
    });
  });
});
