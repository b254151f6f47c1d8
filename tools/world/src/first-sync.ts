import { CONTACTS_RESOURCE } from '@switchyard/catchup-domain';
import { describeCounts, eventCounts, syncCalendars, syncContacts } from './sync-accounts.js';
import { plural, type Connected, type Story } from './story.js';

/** Reads everything that the accounts have, and opens channels for what comes later. */
export async function firstSync(story: Story, connected: readonly Connected[]): Promise<void> {
  const { tell, checks, world } = story;
  for (const { accounts } of connected)
    for (const account of accounts) {
      const contacts = await syncContacts(story, account);
      const calendars = await syncCalendars(story, account);
      const events = eventCounts(calendars);
      tell.fact(
        account.email ?? '',
        `${contacts.added} entries became ${plural(contacts.contacts.created, 'contact')}` +
          (contacts.rejected.length > 0 ? `, ${contacts.rejected.length} unreadable` : '') +
          `; ${calendars.calendars.added} calendars, ${describeCounts(events)} events`,
      );
      checks.add(
        `${account.email}: the first sync is a full one of contacts and every calendar`,
        contacts.kind === 'full' &&
          calendars.failed.length === 0 &&
          calendars.events.every(({ kind }) => kind === 'full') &&
          (await world.data.syncState.get(account.id, CONTACTS_RESOURCE))?.syncToken !== null,
      );
    }
  await openChannels(story, connected);
}

async function openChannels({ world, tell, checks, signal }: Story, connected: readonly Connected[]) {
  let opened = 0;
  let polled = 0;
  for (const { accounts } of connected)
    for (const { id } of accounts) {
      const outcome = await world.channels.renew(id, { signal });
      if (outcome.state !== 'renewed') continue;
      opened += outcome.report.opened.length;
      polled += outcome.report.notSupported.length;
    }
  await world.googleStandIn.pushesSettled();
  const greetings = world.receiver.received.filter(
    (push) => push.action === 'ignore' && push.reason === 'greeting',
  );
  tell.fact(
    'push channels',
    `${opened} opened, each greeted; ${plural(polled, 'calendar')} without push are polled`,
  );
  checks.add('every push channel was opened and greeted', opened > 0 && greetings.length === opened);
}
