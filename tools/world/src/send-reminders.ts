import { ANNA } from './cast.js';
import { HOUR_MS, MINUTE_MS } from './clock.js';
import { onClockOf, plural, type Connected, type Story } from './story.js';

/** Two hours before a call a reminder is due; all that is due for a user goes into one text message. */
export async function sendReminders(story: Story, connected: readonly Connected[]): Promise<void> {
  const { world, tell } = story;
  const withTimes = await Promise.all(
    connected.map(async (one) => ({ one, at: await whenToRemind(story, one) })),
  );
  for (const { one, at } of withTimes.sort((a, b) => a.at.getTime() - b.at.getTime())) {
    world.clock.passUntil(at);
    const { added } = await world.reminders.remind(one.user.id);
    tell.fact(
      one.member.name,
      `${onClockOf(world.clock.now(), one.member)}: ${plural(added, 'reminder')} due`,
    );
    await (one.member === ANNA ? sendPlainly : sendOverBrokenLine)(story, one);
    showText(story, one, added);
  }
}

/** Shortly before the first call. */
async function whenToRemind({ world: { data } }: Story, { user }: Connected): Promise<Date> {
  const pending = await data.suggestions.ofUser(user.id, 'pending');
  const first = Math.min(...pending.map(({ slotStartAt }) => slotStartAt.getTime()));
  return new Date(first - HOUR_MS / 2);
}

async function sendPlainly({ world, checks, signal }: Story, { user, member }: Connected): Promise<void> {
  const sent = await world.batches.sendFor(user.id, { signal });
  const again = await world.batches.sendFor(user.id, { signal });
  checks.add(
    `${member.name}: sent once, and nothing the second time`,
    sent.kind === 'sent' && again.kind === 'nothing-to-send',
  );
}

/** Twilio takes the message and the connection breaks before it says so. */
async function sendOverBrokenLine(story: Story, { user, member }: Connected): Promise<void> {
  const { world, checks, tell, signal } = story;
  world.twilioStandIn.setFaults([{ kind: 'drop-after', operation: 'send', times: 1 }]);
  const first = await world.batches.sendFor(user.id, { signal });
  const again = await world.batches.sendFor(user.id, { signal });
  world.twilioStandIn.setFaults([]);
  world.clock.pass(3 * MINUTE_MS);
  const settled = await world.batches.settle({ signal });
  tell.fact(
    '',
    `Twilio's answer is lost: ${first.kind}. Asked 3 minutes later: ${settled.sent} had gone out`,
  );
  checks.add(
    `${member.name}: a message whose answer is lost is asked for, not sent again`,
    first.kind === 'unknown' && again.kind === 'nothing-to-send' && settled.sent === 1,
  );
}

function showText({ world, tell, checks }: Story, { member }: Connected, reminders: number): void {
  const texts = world.twilioStandIn.messages.filter(({ to }) => to === member.phone);
  const [text] = texts;
  if (text) {
    tell.fact(
      'text message',
      `${plural(text.segments, 'segment')} to ${member.phone.slice(0, 4)}…${member.phone.slice(-2)}`,
    );
    for (const line of text.body.split('\n')) tell.fact('', `│ ${line}`);
  }
  const lines = text?.body.split('\n').filter((line) => line.startsWith('- ')).length ?? 0;
  checks.add(
    `${member.name}: one text message at Twilio, with all ${plural(reminders, 'reminder')}`,
    reminders > 0 && texts.length === 1 && Math.max(1, lines) === reminders,
  );
}
