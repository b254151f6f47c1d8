import { addProps } from './cast.js';
import { changeGoogle } from './change-google.js';
import { createChecks, type Check } from './checks.js';
import { connectUsers } from './connect-users.js';
import { decideIntervals } from './decide-intervals.js';
import { firstSync } from './first-sync.js';
import { makeSuggestions } from './make-suggestions.js';
import type { Narrator } from './narrator.js';
import type { WorldArguments } from './read-arguments.js';
import { runAgain } from './run-again.js';
import { sendReminders } from './send-reminders.js';
import { showMergedContacts } from './show-contacts.js';
import { showEvents, showPending, showPools, showTokens } from './show-state.js';
import { showTables, type RowCounts } from './show-tables.js';
import { startWorld, type World } from './start-world.js';
import { onClockOf, type Story } from './story.js';
import { surviveFaults } from './survive-faults.js';

/** The figures of a run; the same for the same seed, but for `durationMs`. */
export interface WorldResult {
  readonly ok: boolean;
  readonly seed: number;
  readonly database: WorldArguments['database'];
  readonly rowsCompared: number;
  /** By table, for each user. */
  readonly rows: RowCounts;
  readonly texts: readonly string[];
  readonly googleRequests: number;
  readonly checks: readonly Check[];
  readonly durationMs: number;
}

/**
 * Starts the world, takes its users through it and stops it again, whatever happens.
 *
 * @throws what a part throws that cannot go on, and the signal's reason
 */
export async function runWorld(
  args: WorldArguments,
  tell: Narrator,
  signal: AbortSignal,
): Promise<WorldResult> {
  const startedAt = performance.now();
  tell.title('The world of CatchUp: two users, from the sign-in to the text message');
  tell.section('The parts');
  const world = await startWorld(args, (text) => tell.line(text));
  try {
    signal.throwIfAborted();
    const figures = await live(args, world, tell, signal);
    return { ...figures, durationMs: Math.round(performance.now() - startedAt) };
  } finally {
    await world.stop();
  }
}

async function live(args: WorldArguments, world: World, tell: Narrator, signal: AbortSignal) {
  const checks = createChecks();
  const story: Story = { world, checks, tell, signal, props: addProps(world.googleStandIn) };
  /** Whoever pressed Ctrl-C does not wait for more than one part. */
  const part = async <Result>(title: string, run: () => Promise<Result>): Promise<Result> => {
    signal.throwIfAborted();
    tell.section(title);
    return run();
  };
  tell.fact('database', world.databaseDescription);
  tell.fact('Google', `${world.googleStandIn.url}, data of seed ${args.seed}`);
  tell.fact('Twilio', world.twilioStandIn.url);
  tell.fact('the app', `${world.receiver.redirectUrl}, ${new URL(world.receiver.pushUrl).pathname}`);
  tell.fact(
    'clock',
    `the world's own, from ${onClockOf(world.clock.now(), { timeZone: 'UTC' })} 2026 in UTC`,
  );

  const connected = await part('Sign-in: consent at Google, back with state and PKCE', () =>
    connectUsers(story),
  );
  await part('First sync of contacts and calendars', () => firstSync(story, connected));
  await part('Changes at Google, pushed and polled', () => changeGoogle(story, connected));
  await part('Faults, survived', () => surviveFaults(story, connected));
  await part('How often to look: decided by what was found', () => decideIntervals(story, connected));
  await part('Whom to call, when and why', () => makeSuggestions(story, connected));
  await part('Reminders, in one text message for each user', () => sendReminders(story, connected));
  const rowsCompared = await part('Everything once more', () => runAgain(story, connected));
  const rows = await part('What was written', () => showTables(story, connected));
  await part('Contacts merged from several entries', () => showMergedContacts(story, connected));
  await part('Next events', () => showEvents(story, connected));
  await part('Suggestions that wait for an answer', () => showPending(story, connected));
  await part('Pools and tokens', async () => {
    await showPools(story);
    await showTokens(story, connected);
  });
  tell.section('Checks');
  for (const { name, ok } of checks.all) tell.verdict(ok, name);
  return {
    ok: checks.all.every(({ ok }) => ok),
    seed: args.seed,
    database: args.database,
    rowsCompared,
    rows,
    texts: world.twilioStandIn.messages.map(({ body }) => body),
    googleRequests: world.googleStandIn.requests.length,
    checks: checks.all,
  };
}
