import type { Contact } from '../data/world.js';
import type { VersionedItem } from '../data/versioned-collection.js';
import { invalidValue } from '../serve/parameters.js';

type Contacts = VersionedItem<Contact>;

const ORDERS: Readonly<Record<string, (item: Contacts) => string | number>> = {
  LAST_MODIFIED_ASCENDING: ({ ordinal }) => ordinal,
  LAST_MODIFIED_DESCENDING: ({ version }) => -version,
  FIRST_NAME_ASCENDING: ({ value }) => value.person.names?.[0]?.givenName ?? '',
  LAST_NAME_ASCENDING: ({ value }) => value.person.names?.[0]?.familyName ?? '',
};

/**
 * The default is the order in which contacts came to be, which no change disturbs. The other orders move contacts that
 * change while somebody pages, as they do at Google.
 */
export function sortKeyOf(item: Contacts, sortOrder: string): readonly (string | number)[] {
  const order = ORDERS[sortOrder];
  if (!order) throw invalidValue('sortOrder', sortOrder, Object.keys(ORDERS).join(', '));
  return [order(item), item.ordinal];
}
