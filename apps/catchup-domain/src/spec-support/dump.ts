import type { Data } from '@switchyard/catchup-data';

const ALL = { limit: 100_000 };

/**
 * Every row there is, read through the stores: what a service must not change when it runs a second time. Sign-ins on
 * their way and leases are left out, since nobody lists them.
 */
export async function dumpTables(data: Data) {
  const users = await data.users.list(ALL);
  const each = async <T>(of: (userId: string) => Promise<readonly T[]>): Promise<T[]> =>
    (await Promise.all(users.map(({ id }) => of(id)))).flat();
  const accounts = await each((id) => data.accounts.ofUser(id));
  const ofAccounts = async <T>(of: (accountId: string) => Promise<readonly T[]>): Promise<T[]> =>
    (await Promise.all(accounts.map(({ id }) => of(id)))).flat();
  const contacts = await each((id) => data.contacts.list(id, { ...ALL, deletedToo: true }));
  const contactIds = contacts.map(({ id }) => id);
  const calendars = await each((id) => data.calendars.ofUser(id));
  return {
    users,
    accounts,
    tokens: await Promise.all(accounts.map(({ id }) => data.tokens.facts(id))),
    contacts,
    contactSources: await each((id) => data.contactSources.ofUser(id, { deletedToo: true })),
    contactEmails: await data.contacts.emailsOf(contactIds),
    contactPhones: await data.contacts.phonesOf(contactIds),
    calendars,
    events: (await Promise.all(calendars.map(({ id }) => data.events.list(id, ALL)))).flat(),
    suggestions: await each((id) => data.suggestions.ofUser(id)),
    notifications: await each((id) => data.notifications.ofUser(id)),
    batches: await each((id) => data.batches.ofUser(id)),
    syncState: await ofAccounts((id) => data.syncState.ofAccount(id)),
    channels: await ofAccounts((id) => data.channels.ofAccount(id)),
  };
}
