import { UNNAMED_JOB, type JobHandlers } from '@switchyard/queue-contract';
import type { z } from 'zod';
import { callRemote, type RemoteCaller } from '../../simulated-remote.js';
import type { contactsSync, googleContactsSync } from './queue.js';

type ContactsSync = z.output<typeof contactsSync>;
type Person = ContactsSync['known'][number];

export interface ContactsMerge {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  /** Same etag: Google lists a contact again when only its position in a group changed. */
  readonly unchanged: number;
  /** Contacts that share a phone number after the sync: candidates for a merge. */
  readonly duplicates: readonly (readonly string[])[];
}

export function mergeContacts({ known, pages }: Pick<ContactsSync, 'known' | 'pages'>): ContactsMerge {
  const contacts = new Map(known.map((person) => [person.resourceName, person]));
  let [created, updated, deleted, unchanged] = [0, 0, 0, 0];
  for (const change of pages.flat()) {
    const before = contacts.get(change.resourceName);
    if ('deleted' in change) {
      if (contacts.delete(change.resourceName)) deleted++;
      continue;
    }
    if (before === undefined) created++;
    else if (before.etag === change.etag) unchanged++;
    else updated++;
    contacts.set(change.resourceName, change);
  }
  return { created, updated, deleted, unchanged, duplicates: sharedPhones([...contacts.values()]) };
}

function sharedPhones(people: readonly Person[]): string[][] {
  const byPhone = new Map<string, Set<string>>();
  for (const { resourceName, phones } of people) {
    for (const phone of phones) {
      const digits = phone.replace(/[^\d+]/g, '');
      if (digits === '') continue;
      byPhone.set(digits, (byPhone.get(digits) ?? new Set()).add(resourceName));
    }
  }
  return [...byPhone.values()].filter((names) => names.size > 1).map((names) => [...names].sort());
}

const sync = async (job: RemoteCaller & { readonly data: ContactsSync }) => {
  await callRemote(job);
  return mergeContacts(job.data);
};

export const googleContactsSyncHandlers: JobHandlers<typeof googleContactsSync.jobs> = {
  sync,
  [UNNAMED_JOB]: sync,
};
