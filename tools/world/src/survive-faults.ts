import type { FaultRule } from '@switchyard/google-stand-in';
import { ANNA, BEN } from './cast.js';
import { MINUTE_MS } from './clock.js';
import type { Connected, Story } from './story.js';
import { describeCounts, eventCounts, syncCalendars, syncContacts } from './sync-accounts.js';

/** What goes wrong at Google, and what comes of it here: nothing is lost, nothing is doubled. */
export async function surviveFaults(story: Story, connected: readonly Connected[]): Promise<void> {
  const { world, tell, checks } = story;
  const { googleStandIn: google, data, clock } = world;
  const annas = connected.find(({ member }) => member === ANNA)?.accounts[0];
  const bens = connected.find(({ member }) => member === BEN)?.accounts[0];
  if (!annas || !bens) throw new Error('nobody has connected an account');
  clock.pass(15 * MINUTE_MS);

  google.expireSyncTokens({ user: ANNA.emails[0], list: 'people' });
  const contacts = await syncContacts(story, annas);
  tell.fact(
    'sync token expired',
    `full sync instead: ${contacts.unchanged} entries listed again, ${describeCounts(contacts)}`,
  );
  checks.add(
    'an expired sync token leads to a full sync that changes nothing',
    contacts.kind === 'full' && contacts.tokenExpired && describeCounts(contacts) === 'nothing new',
  );

  const before = (await data.tokens.facts(bens.id))?.version ?? 0;
  const died = await withFault(
    story,
    { kind: 'access-token-dies', operation: 'calendar.events.list', skip: 1, times: 1 },
    () => syncCalendars(story, bens),
  );
  const after = (await data.tokens.facts(bens.id))?.version ?? 0;
  tell.fact(
    'access token dies',
    `401 in the middle of a sync: refreshed, ${died.result.events.length} calendars synced, ${died.result.failed.length} failed`,
  );
  checks.add(
    'an access token that dies in the middle of a sync is refreshed once, and the sync goes on',
    died.hits === 1 && died.result.failed.length === 0 && after === before + 1,
  );

  const startedAt = clock.now();
  const limited = await withFault(
    story,
    { kind: 'too-many-requests', operation: 'calendar.events.list', times: 2, retryAfterSeconds: 3 },
    () => syncCalendars(story, annas),
  );
  const waitedSeconds = (clock.now().getTime() - startedAt.getTime()) / 1000;
  tell.fact(
    'too many requests',
    `429 twice with "Retry-After: 3": waited ${waitedSeconds} s, then ${describeCounts(eventCounts(limited.result))}`,
  );
  checks.add(
    'a 429 is waited out as long as it asks for',
    limited.hits === 2 && limited.result.failed.length === 0 && waitedSeconds >= 6,
  );
}

async function withFault<Result>(
  { world: { googleStandIn } }: Story,
  rule: FaultRule,
  work: () => Promise<Result>,
) {
  googleStandIn.setFaults([rule]);
  try {
    const result = await work();
    return { result, hits: googleStandIn.faultHits().reduce((sum, { hits }) => sum + hits, 0) };
  } finally {
    googleStandIn.setFaults([]);
  }
}
