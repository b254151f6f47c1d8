import type { Data, User } from '@switchyard/catchup-data';
import { createAgenda } from '../free-slots/agenda.js';
import { createBatchedNotifications } from '../notifications/batched-notifications.js';
import { createSuggestionReminders } from '../notifications/suggestion-reminders.js';
import { createSuggestions, type Suggestions } from '../suggestions/suggestions.js';
import { startDatabase, type DatabaseKind, type TestDatabase } from './databases.js';
import { startSmsLab, type SmsLab } from './sms-lab.js';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** 8 o'clock in Berlin, in winter. */
export const MONDAY = new Date('2026-03-02T07:00:00Z');

/** A database, Twilio's stand-in, and a clock that goes when it is told to: all that a user's day needs. */
export async function startDayLab(kind: DatabaseKind) {
  const database: TestDatabase = await startDatabase(kind);
  const { data }: { data: Data } = database;
  let nowMs = MONDAY.getTime();
  let ids = 0;
  let phones = 0;
  const now = () => new Date(nowMs);
  const newId = () => `id-${++ids}`;
  const texts: SmsLab = await startSmsLab(now);
  const stamps = () => ({ createdAt: now(), updatedAt: now() });
  const phone = () => `+49151${String(10_000_000 + ++phones)}`;
  const suggestions: Suggestions = createSuggestions({ data, agenda: createAgenda({ data }), now, newId });

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
      const lastContactedAt = new Date(nowMs - ago * DAY_MS);
      await data.contacts.setPersonal(id, { closeness: 1, lastContactedAt }, now());
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
    const event = { id: newId(), calendarId: calendar.id, userId: user.id, externalId: newId(), ...stamps() };
    const endAt = new Date(startAt.getTime() + hours * HOUR_MS);
    await data.events.upsert([{ ...event, status: 'confirmed', startAt, endAt }]);
  };
  const remindedUser = async (names: Readonly<Record<string, number>>): Promise<User> => {
    const user = await addUser({ preferences: { callHours: { from: '17:00', to: '20:00' } } });
    await addFriends(user, names);
    await suggestions.generate(user.id);
    // 15:00 in Berlin, two hours before the first call.
    nowMs += 7 * HOUR_MS;
    return user;
  };

  return {
    database,
    data,
    texts,
    suggestions,
    now,
    newId,
    addUser,
    addFriends,
    addEvent,
    /** Whose first call, at 17:00, is two hours away from then on. */
    remindedUser,
    pass: (ms: number) => void (nowMs += ms),
    setNow: (at: Date) => void (nowMs = at.getTime()),
    pendingOf: ({ id }: User) => data.suggestions.ofUser(id, 'pending'),
    textsTo: ({ phone: to }: User) => texts.twilio.messages.filter((message) => message.to === to),
    reminders: () => createSuggestionReminders({ data, now, newId }),
    batches: () => createBatchedNotifications({ data, sms: texts.sms, now, newId }),
    async stop() {
      await texts.stop();
      await database.stop();
    },
  };
}
export type DayLab = Awaited<ReturnType<typeof startDayLab>>;
