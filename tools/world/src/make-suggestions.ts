import { DAY_MS } from './clock.js';
import type { Connected, Story } from './story.js';
import { showSuggestions } from './show-suggestions.js';

/** Says how close the users are to a few of their contacts, and lets suggestions be made of that. */
export async function makeSuggestions(story: Story, connected: readonly Connected[]): Promise<void> {
  const { world, checks } = story;
  for (const one of connected) {
    await befriend(story, one);
    const { created } = await world.suggestions.generate(one.user.id);
    const names = await showSuggestions(story, one, created);
    checks.add(
      `${one.member.name}: suggestions say who, when and why; the points add up`,
      created.length >= one.member.friends.length &&
        names.length === created.length &&
        created.every(
          ({ reasons, score, slotStartAt }) =>
            slotStartAt > world.clock.now() && reasons.reduce((sum, { points }) => sum + points, 0) === score,
        ),
    );
  }
}

async function befriend({ world: { data, clock } }: Story, { user, member }: Connected): Promise<void> {
  const now = clock.now();
  for (const { email, closeness, daysAgo } of member.friends) {
    const [contact] = await data.contacts.byEmails(user.id, [email]);
    if (!contact) throw new Error(`${member.name} has no contact with the address ${email}`);
    const lastContactedAt = new Date(now.getTime() - daysAgo * DAY_MS);
    await data.contacts.setPersonal(contact.id, { closeness, lastContactedAt }, now);
  }
}
