import type { JobHandlers } from '@switchyard/queue-contract';
import type { z } from 'zod';
import { callRemote } from '../../simulated-remote.js';
import type { contactsChanged, eventsChanged, suggestionRegeneration } from './queue.js';

/** A suggestion to call somebody the user just met is worth this much of what it was. */
const AFTER_MEETING = 0.25;
/** Below this nothing is shown. */
const LOWEST_SCORE = 0.1;

export interface Regeneration {
  readonly keep: readonly { readonly suggestionId: string; readonly score: number }[];
  readonly drop: readonly string[];
  /** Contacts whose suggestions have to be computed anew. */
  readonly recompute: readonly string[];
}

export function afterContactsChanged(change: Omit<z.output<typeof contactsChanged>, 'remote'>): Regeneration {
  const removed = new Set(change.removedContactIds);
  const updated = new Set(change.updatedContactIds.filter((id) => !removed.has(id)));
  const rest = change.suggestions.filter(({ contactId }) => !removed.has(contactId));
  return {
    keep: rest.filter(({ contactId }) => !updated.has(contactId)).map(shown),
    drop: change.suggestions
      .filter(({ contactId }) => removed.has(contactId))
      .map(({ suggestionId }) => suggestionId),
    recompute: [...updated].sort(),
  };
}

export function afterEventsChanged(change: Omit<z.output<typeof eventsChanged>, 'remote'>): Regeneration {
  const met = new Set(change.metContactIds);
  const rescored = change.suggestions.map((suggestion) =>
    met.has(suggestion.contactId) ? { ...suggestion, score: suggestion.score * AFTER_MEETING } : suggestion,
  );
  return {
    keep: rescored
      .filter(({ score }) => score >= LOWEST_SCORE)
      .sort((a, b) => b.score - a.score)
      .map(shown),
    drop: rescored.filter(({ score }) => score < LOWEST_SCORE).map(({ suggestionId }) => suggestionId),
    recompute: [],
  };
}

const shown = ({ suggestionId, score }: { suggestionId: string; score: number }) => ({ suggestionId, score });

export const suggestionRegenerationHandlers: JobHandlers<typeof suggestionRegeneration.jobs> = {
  async 'contacts-changed'(job) {
    await callRemote(job);
    return afterContactsChanged(job.data);
  },
  async 'events-changed'(job) {
    await callRemote(job);
    return afterEventsChanged(job.data);
  },
};
