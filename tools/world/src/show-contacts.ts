import { plural, type Connected, type Story } from './story.js';

const SHOWN = 3;
const SHOWN_ADDRESSES = 4;

/** Contacts that several entries speak of, those of several accounts first. */
export async function showMergedContacts(
  { world: { data }, tell, checks }: Story,
  connected: readonly Connected[],
): Promise<void> {
  let acrossAccounts = 0;
  for (const { member, user, accounts } of connected) {
    const sources = new Map<string, { readonly accountId: string; readonly name: string }[]>();
    for (const { contactId, accountId, fields } of await data.contactSources.ofUser(user.id))
      sources.set(contactId, [...(sources.get(contactId) ?? []), { accountId, name: fields.displayName }]);
    const accountsOf = (id: string) => new Set(sources.get(id)?.map(({ accountId }) => accountId)).size;
    const contacts = await data.contacts.byIds([...sources.keys()]);
    const merged = contacts
      .filter(({ id, displayName }) => (sources.get(id)?.length ?? 0) > 1 && isPlain(displayName))
      .sort((a, b) => accountsOf(b.id) - accountsOf(a.id) || compare(a.displayName, b.displayName));
    acrossAccounts += merged.filter(({ id }) => accountsOf(id) > 1).length;
    tell.line(`${member.name}: ${merged.length} of ${contacts.length} contacts come from several entries.`);
    for (const { id, displayName } of merged.slice(0, SHOWN)) {
      const own = sources.get(id) ?? [];
      const emails = (await data.contacts.emailsOf([id])).map(({ email }) => email);
      const phones = (await data.contacts.phonesOf([id])).map(({ phone }) => phone);
      const from = own.map(({ accountId, name }) => {
        const email = accounts.find((account) => account.id === accountId)?.email ?? '';
        const shown = name || 'no name';
        return accounts.length > 1 ? `${shown} (${email.replace(/@.*/, '')})` : shown;
      });
      tell.fact(displayName, `${plural(own.length, 'entry', 'entries')}: ${from.join(', ')}`);
      tell.fact('', shortened([...emails, ...phones]));
    }
  }
  checks.add('contacts are merged within an account and across accounts', acrossAccounts > 0);
}

const shortened = (addresses: readonly string[]) =>
  addresses.length <= SHOWN_ADDRESSES
    ? addresses.join(', ')
    : `${addresses.slice(0, SHOWN_ADDRESSES).join(', ')} and ${addresses.length - SHOWN_ADDRESSES} more`;

/** Generated data has names that no terminal shows well. */
const isPlain = (name: string) => /^[\p{Script=Latin}.' -]{2,19}$/u.test(name);

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
