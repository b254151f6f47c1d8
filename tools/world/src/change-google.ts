import { ANNA, BEN, times, withOffset } from './cast.js';
import { MINUTE_MS } from './clock.js';
import { onClockOf, plural, type Connected, type Story } from './story.js';
import { describeCounts, eventCounts, syncCalendars, syncContacts } from './sync-accounts.js';

/** People and events change at Google; pushes ask for syncs, and these are incremental. */
export async function changeGoogle(story: Story, connected: readonly Connected[]): Promise<void> {
  const { world, tell, props } = story;
  const { googleStandIn: google, clock, receiver } = world;
  clock.pass(20 * MINUTE_MS);
  const before = receiver.received.length;

  const [anna] = ANNA.emails;
  google.changeContact(anna, props.emil, {
    emailAddresses: [{ value: 'emil@sand.example' }, { value: 'emil@neu.example' }],
  });
  google.mergeContacts(anna, props.deniz, [props.denizShort]);
  google.deleteContact(anna, props.fritz);
  google.setFaults([{ kind: 'repeated-push', times: 1 }]);
  // One after the other: a push that is overtaken by a later one of its channel is rightly ignored.
  google.changeEvent(anna, props.dentist, times('2026-03-30T10:00', '2026-03-30T11:00', ANNA));
  await google.pushesSettled();
  google.cancelInstance(anna, props.choir, withOffset('2026-03-31T20:30', ANNA.timeZone));
  await google.pushesSettled();
  google.cancelInstance(BEN.emails[0], props.runClub, withOffset('2026-03-25T07:00', BEN.timeZone));
  tell.line(
    'Anna: an address of Emil added, two Deniz merged, Fritz deleted; the dentist moves from Friday to ' +
      'Monday, over the change of clocks, and the choir of 31 March is off. Ben: no run club on 25 March.',
  );

  await google.pushesSettled();
  google.setFaults([]);
  const pushes = receiver.received.slice(before);
  const asked = new Set(pushes.flatMap((push) => (push.action === 'sync' ? [push.accountId] : [])));
  const repeated = pushes.filter((push) => push.action === 'ignore' && push.reason === 'repeated').length;
  tell.fact(
    'pushes',
    `${pushes.length} came: ${pushes.length - repeated} ask for a sync, of ${plural(asked.size, 'account')}; ${plural(repeated, 'repeat')} ignored`,
  );
  story.checks.add(
    'pushes name the accounts that changed, and one that comes twice counts once',
    asked.size === 2 && repeated === 1 && pushes.length === 4,
  );
  await followPushes(story, connected, asked);
  await followContacts(story, connected);
}

async function followPushes(story: Story, connected: readonly Connected[], asked: ReadonlySet<string>) {
  const { tell, checks, props } = story;
  for (const { accounts } of connected)
    for (const account of accounts.filter(({ id }) => asked.has(id))) {
      const report = await syncCalendars(story, account);
      const counts = eventCounts(report);
      tell.fact(account.email ?? '', `events, incremental: ${describeCounts(counts)}`);
      checks.add(
        `${account.email}: the sync after a push is incremental and brings what changed`,
        report.events.every(({ kind }) => kind === 'incremental') &&
          counts.added + counts.changed === (account.email === ANNA.emails[0] ? 2 : 1),
      );
    }
  const dentist = await findEvent(story, connected, props.dentist);
  const moved = dentist?.startAt?.toISOString();
  tell.fact(
    'Dentist',
    `${dentist?.startAt ? onClockOf(dentist.startAt, ANNA) : 'nowhere'} in Berlin, ${moved} in UTC`,
  );
  checks.add(
    '10:00 in Berlin is 10:00 after the change of clocks, an hour earlier in UTC',
    moved === '2026-03-30T08:00:00.000Z',
  );
}

async function findEvent({ world: { data } }: Story, connected: readonly Connected[], externalId: string) {
  for (const { accounts } of connected)
    for (const { id } of accounts)
      for (const calendar of await data.calendars.ofAccount(id)) {
        const [event] = await data.events.byExternalIds(calendar.id, [externalId]);
        if (event) return event;
      }
  return undefined;
}

/** Google pushes nothing about contacts: they are looked at when their interval is over. */
async function followContacts(story: Story, connected: readonly Connected[]) {
  const { tell, checks, world } = story;
  const [anna] = connected;
  const [account] = anna?.accounts ?? [];
  if (!anna || !account) return;
  const report = await syncContacts(story, account);
  const { changed, removed } = report.contacts;
  tell.fact(
    account.email ?? '',
    `contacts, incremental: ${describeCounts(report)}; ${changed} contacts changed, ${removed} gone`,
  );
  const ofEmail = (email: string) => world.data.contacts.byEmails(anna.user.id, [email]);
  const [deniz, short] = [await ofEmail('deniz@kaya.example'), await ofEmail('deniz.k@kaya.example')];
  checks.add(
    'contacts: changed, merged and deleted at Google, so here',
    report.kind === 'incremental' &&
      (await ofEmail('emil@neu.example')).length === 1 &&
      (await ofEmail('fritz@held.example')).length === 0 &&
      deniz.length === 1 &&
      deniz[0]?.id === short[0]?.id,
  );
}
