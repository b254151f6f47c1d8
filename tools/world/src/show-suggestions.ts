import type { Suggestion } from '@switchyard/catchup-data';
import { onClockOf, type Connected, type Story } from './story.js';

/** Points stand under the end of the time. */
const REASON_WIDTH = 16;

export const withSign = (points: number): string => (points > 0 ? `+${points}` : String(points));

/** Who, when and why. @returns the names of those who are known */
export async function showSuggestions(
  { world: { data }, tell }: Pick<Story, 'world' | 'tell'>,
  { member }: Connected,
  suggestions: readonly Suggestion[],
): Promise<string[]> {
  const contacts = new Map(
    (await data.contacts.byIds(suggestions.map(({ contactId }) => contactId))).map((one) => [one.id, one]),
  );
  const ordered = [...suggestions].sort((a, b) => a.slotStartAt.getTime() - b.slotStartAt.getTime());
  for (const { contactId, slotStartAt, score, reasons } of ordered) {
    const name = contacts.get(contactId)?.displayName ?? '';
    tell.fact(
      onClockOf(slotStartAt, member),
      `${member.name} calls ${name || 'somebody without a name'}, ${score} points`,
    );
    for (const { points, text } of reasons.filter((reason) => reason.points !== 0))
      tell.fact(withSign(points).padStart(REASON_WIDTH), text);
  }
  return suggestions.flatMap(({ contactId }) => contacts.get(contactId)?.id ?? []);
}
