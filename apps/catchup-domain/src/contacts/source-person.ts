import type { ContactFields } from '@switchyard/catchup-data';
import { emailKey } from './email-key.js';

/** One entry of one address book. */
export interface SourcePerson {
  /** Unique among all entries of a user: account and resource name. */
  readonly key: string;
  readonly fields: ContactFields;
}

const PHONE = /^\+\d{5,15}(;ext=\d+)?$/;

/** What two entries have in common if one address of theirs reaches the same; emails and numbers never meet. */
export function addressKeys({ emails, phones }: Pick<ContactFields, 'emails' | 'phones'>): Set<string> {
  const keys = new Set<string>();
  for (const { value } of emails) {
    const key = emailKey(value);
    if (key !== undefined) keys.add(`mailto:${key}`);
  }
  for (const { value } of phones) if (PHONE.test(value)) keys.add(`tel:${value}`);
  return keys;
}
