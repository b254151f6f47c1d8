import type {
  NewAccount,
  NewCalendar,
  NewCalendarEvent,
  NewContact,
  NewNotification,
  NewSuggestion,
  NewUser,
  Stores,
} from '../index.js';

export const NOW = new Date('2026-11-20T12:00:00.123Z');
export const LATER = new Date('2026-11-20T13:00:00.456Z');
const written = { createdAt: NOW, updatedAt: NOW };

export const aUser = (id = 'ada'): NewUser => ({
  id,
  email: `${id}@example.org`,
  name: 'Ada',
  timeZone: 'Europe/Berlin',
  ...written,
});

export const anAccount = (id = 'ada-google', userId = 'ada'): NewAccount => ({
  id,
  userId,
  provider: 'google',
  externalId: `sub-${id}`,
  scopes: ['contacts', 'calendar'],
  statusChangedAt: NOW,
  ...written,
});

export const aContact = (id = 'grace', userId = 'ada'): NewContact => ({
  id,
  userId,
  displayName: 'Grace Hopper',
  ...written,
});

export const aCalendar = (id = 'work', accountId = 'ada-google', userId = 'ada'): NewCalendar => ({
  id,
  accountId,
  userId,
  externalId: `${id}@example.org`,
  summary: 'Work',
  timeZone: 'Europe/Berlin',
  accessRole: 'owner',
  ...written,
});

export const anEvent = (id = 'lunch', more: Partial<NewCalendarEvent> = {}): NewCalendarEvent => ({
  id,
  calendarId: 'work',
  userId: 'ada',
  externalId: `ext-${id}`,
  status: 'confirmed',
  startAt: NOW,
  endAt: LATER,
  ...written,
  ...more,
});

export const aSuggestion = (id = 'call-grace', more: Partial<NewSuggestion> = {}): NewSuggestion => ({
  id,
  userId: 'ada',
  contactId: 'grace',
  dedupeKey: `key-${id}`,
  score: 42,
  reasons: [{ code: 'overdue', points: 42, text: 'It has been long' }],
  slotStartAt: NOW,
  slotEndAt: LATER,
  expiresAt: LATER,
  ...written,
  ...more,
});

export const aNotification = (id: string, more: Partial<NewNotification> = {}): NewNotification => ({
  id,
  userId: 'ada',
  kind: 'reminder',
  dedupeKey: `key-${id}`,
  payload: {},
  dueAt: NOW,
  ...written,
  ...more,
});

/** Ada, her account, a calendar and a contact: what most rows hang on. */
export async function addAda(stores: Stores): Promise<void> {
  await stores.users.save(aUser());
  await stores.accounts.connect(anAccount());
  await stores.calendars.upsert([aCalendar()]);
  await stores.contacts.upsert([aContact()]);
}
