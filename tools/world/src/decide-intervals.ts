import type { IntervalReason } from '@switchyard/catchup-domain';
import type { Connected, Story } from './story.js';

/** How often each resource is looked at from now on, and why. */
export async function decideIntervals(story: Story, connected: readonly Connected[]): Promise<void> {
  const { world, tell, checks } = story;
  const rows: string[][] = [];
  const seen = new Set<IntervalReason['kind']>();
  for (const { accounts, member } of connected)
    for (const { id } of accounts.slice(0, 1))
      for (const { resource, intervalSeconds, reasons } of await world.adaptiveSync.adapt(id)) {
        for (const { kind } of reasons) seen.add(kind);
        rows.push([
          member.name,
          nameOf(resource),
          `${Math.round(intervalSeconds / 60)} min`,
          reasons.map(describeReason).join(', '),
        ]);
      }
  tell.table(['user', 'resource', 'every', 'because'], rows);
  checks.add(
    'intervals are decided with reasons: by what polls found, and longer where push works',
    rows.length > 0 && seen.has('changes') && seen.has('push-is-working'),
  );
}

const nameOf = (resource: string): string => {
  const name = resource.replace(/^events:/, 'events of ');
  if (name.includes('#holiday')) return 'events of holidays';
  return name.includes('@group.') ? 'events of the team' : name;
};

export function describeReason(reason: IntervalReason): string {
  switch (reason.kind) {
    case 'nothing-known':
      return 'nothing known yet';
    case 'changes':
      return `changes in ${reason.found} of ${reason.polls} polls`;
    case 'push-is-working':
      return 'push works';
    case 'push-is-silent':
      return 'push went silent';
    case 'failures':
      return `${reason.inARow} failures in a row`;
    case 'at-minimum':
      return 'no oftener';
    case 'at-maximum':
      return 'no rarer';
    case 'close-to-current':
      return 'close to what it was';
  }
}
