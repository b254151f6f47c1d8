import { expandEvents } from '@switchyard/catchup-domain';
import { DAY_MS } from './clock.js';
import { withSign } from './show-suggestions.js';
import { onClockOf, type Connected, type Story } from './story.js';

const SHOWN_EVENTS = 6;
const DAYS_AHEAD = 10;

/** What is next in each user's calendars, on the user's clock. */
export async function showEvents(
  { world: { data, clock }, tell, checks }: Story,
  connected: readonly Connected[],
): Promise<void> {
  const from = clock.now();
  const to = new Date(from.getTime() + DAYS_AHEAD * DAY_MS);
  for (const { member, user, accounts } of connected) {
    const rows = await data.events.around(user.id, from, to);
    const own = await Promise.all(accounts.map(({ id }) => data.calendars.ofAccount(id)));
    const names = new Map(own.flat().map(({ id, summary, isPrimary }) => [id, isPrimary ? 'own' : summary]));
    const { occurrences } = expandEvents(rows, { from, to, timeZone: user.timeZone });
    tell.line(
      `${member.name}: ${occurrences.length} in the next ${DAYS_AHEAD} days, the clock of ${member.timeZone}.`,
    );
    tell.table(
      ['when', 'what', 'calendar', ''],
      occurrences
        .slice(0, SHOWN_EVENTS)
        .map(({ event, start, isAllDay }) => [
          isAllDay ? `${onClockOf(start, member).slice(0, -6)} all day` : onClockOf(start, member),
          (event.summary ?? '').slice(0, 30) || '(no title)',
          (names.get(event.calendarId) ?? '').slice(0, 20),
          event.recurringEventExternalId !== null
            ? 'changed instance'
            : event.recurrence.length > 0
              ? 'series'
              : '',
        ]),
    );
    const titles = occurrences.filter(
      ({ event }) => event.summary === 'Choir' || event.summary === 'Run club',
    );
    checks.add(
      `${member.name}: the cancelled instance is gone and the rest of the series is there`,
      titles.length === 1,
    );
  }
}

/** What is suggested and not decided yet. */
export async function showPending(
  { world: { data }, tell }: Story,
  connected: readonly Connected[],
): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const { user, member } of connected)
    for (const one of await data.suggestions.ofUser(user.id, 'pending')) {
      const contact = await data.contacts.get(one.contactId);
      rows.push([
        member.name,
        onClockOf(one.slotStartAt, member),
        contact?.displayName ?? '',
        one.score,
        one.reminderCount,
        one.reasons
          .filter(({ points }) => points !== 0)
          .map(({ code, points }) => `${code} ${withSign(points)}`)
          .join(', '),
      ]);
    }
  tell.table(['user', 'when', 'who', 'points', 'reminded', 'why'], rows);
}

export async function showPools({ world: { pools }, tell, checks }: Story): Promise<void> {
  const { health, pools: all, withoutPool } = pools.getAllStats();
  for (const { name, size, max, borrowed, waiting, totals } of all)
    tell.fact(
      `pool ${name}`,
      `${size} of at most ${max} made, ${borrowed} lent, ${waiting} waiting; ${totals.acquired} lent so far, ${totals.failed} failed`,
    );
  for (const { name, because } of withoutPool) tell.fact(name, because);
  checks.add(
    'no pool has anything lent or waiting, and Redis needs none',
    all.every(({ borrowed, waiting }) => borrowed === 0 && waiting === 0) &&
      withoutPool.some(({ name }) => name === 'redis'),
  );
  tell.fact('health of all', health);
}

export async function showTokens(
  { world: { tokens, data }, tell, checks }: Story,
  connected: readonly Connected[],
): Promise<void> {
  for (const { accounts } of connected)
    for (const { id, email } of accounts) {
      const { state, reasons } = await tokens.health(id);
      const facts = await data.tokens.facts(id);
      tell.fact(
        email ?? '',
        `tokens ${state}${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}; version ${facts?.version ?? 0} of them`,
      );
      checks.add(`${email}: tokens are healthy`, state === 'healthy');
    }
}
