import type { Data } from '@switchyard/catchup-data';

/** The contacts of a user that are there, by name, with their addresses: what a person would compare. */
export async function contactsOf(data: Data, userId: string) {
  const contacts = await data.contacts.list(userId, { limit: 10_000 });
  const ids = contacts.map(({ id }) => id);
  const [emails, phones] = [await data.contacts.emailsOf(ids), await data.contacts.phonesOf(ids)];
  return contacts
    .map(({ id, displayName }) => ({
      name: displayName,
      emails: emails.filter(({ contactId }) => contactId === id).map(({ email }) => email),
      phones: phones.filter(({ contactId }) => contactId === id).map(({ phone }) => phone),
    }))
    .sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
