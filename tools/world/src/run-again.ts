import { dumpTables } from '@switchyard/catchup-data/testing';
import { compareDumps } from './compare-dumps.js';
import { saveUser } from './connect-users.js';
import type { Connected, Story } from './story.js';
import { syncCalendars, syncContacts } from './sync-accounts.js';

/** Runs every service for everybody, then all of it again. @returns how many rows were compared */
export async function runAgain(story: Story, connected: readonly Connected[]): Promise<number> {
  const { world, tell, checks } = story;
  const sentBefore = world.twilioStandIn.messages.length;
  await runAll(story, connected, { full: false });
  const first = await dumpTables(world.data);
  await runAll(story, connected, { full: false });
  const second = compareDumps(first, await dumpTables(world.data));
  await runAll(story, connected, { full: true });
  const third = compareDumps(first, await dumpTables(world.data));
  const sent = world.twilioStandIn.messages.length - sentBefore;

  const describe = (different: readonly string[]) =>
    different.length === 0 ? 'nothing changed' : `changed: ${different.join(', ')}`;
  tell.fact('second time', `${second.rows} rows of all tables compared: ${describe(second.different)}`);
  tell.fact(
    'third time',
    `all listed anew, as after a loss of all sync tokens: ${describe(third.different)}`,
  );
  tell.fact('text messages', sent === 0 ? 'none more' : `${sent} more`);
  tell.line('Left out: when each resource was looked at, and the sync token that Google gave for that look.');
  checks.add('everything a second time changes nothing', second.different.length === 0);
  checks.add('full syncs a third time change nothing', third.different.length === 0);
  checks.add('no text message goes out twice', sent === 0);
  return second.rows;
}

async function runAll(story: Story, connected: readonly Connected[], { full }: { readonly full: boolean }) {
  const { world, signal } = story;
  await world.tokens.refreshExpiring({ signal });
  for (const { member, user, accounts } of connected) {
    await saveUser(story, member);
    for (const account of accounts) {
      await syncContacts(story, account, { full });
      await syncCalendars(story, account, { full });
      await world.channels.renew(account.id, { signal });
      await world.channels.checkHealth(account.id);
      await world.adaptiveSync.adapt(account.id);
    }
    await world.suggestions.generate(user.id);
    await world.reminders.remind(user.id);
    await world.batches.sendFor(user.id, { signal });
  }
  await world.batches.settle({ signal });
  await world.tokens.remindToReconnect({ signal });
}
