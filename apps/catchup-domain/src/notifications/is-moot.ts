import type { Notification, Stores } from '@switchyard/catchup-data';

/** Whether what a notification reminds of was decided, has moved or is gone since it was made. */
export async function isMoot(
  { suggestions }: Pick<Stores, 'suggestions'>,
  { kind, payload }: Pick<Notification, 'kind' | 'payload'>,
): Promise<boolean> {
  if (kind !== 'suggestion-reminder') return false;
  const suggestion = await suggestions.get(String(payload.suggestionId));
  return suggestion?.status !== 'pending' || suggestion.slotStartAt.toISOString() !== payload.startsAt;
}
