import type { JobHandlers } from '@switchyard/queue-contract';
import type { z } from 'zod';
import { callRemote } from '../../simulated-remote.js';
import type { suggestionGeneration, suggestionRequest } from './queue.js';

/** Somebody long overdue is no more urgent than this many missed turns. */
const MAX_OVERDUE = 3;
/** Nobody is suggested before half the wanted time has passed. */
const NOT_BEFORE = 0.5;

export interface Suggestion {
  readonly contactId: string;
  /** 0 to 3: how overdue, weighed by closeness. */
  readonly score: number;
}

type SuggestionRequest = Omit<z.output<typeof suggestionRequest>, 'remote'>;

export function suggest({ contacts, nowMs, maxSuggestions }: SuggestionRequest): Suggestion[] {
  return contacts
    .map(({ contactId, lastContactAtMs, wantedEveryMs, closeness }) => {
      const turns = lastContactAtMs === null ? 1 : (nowMs - lastContactAtMs) / wantedEveryMs;
      return { contactId, turns, score: Math.min(turns, MAX_OVERDUE) * closeness };
    })
    .filter(({ turns, score }) => turns >= NOT_BEFORE && score > 0)
    .sort((a, b) => b.score - a.score || (a.contactId < b.contactId ? -1 : 1))
    .slice(0, maxSuggestions)
    .map(({ contactId, score }) => ({ contactId, score: Math.round(score * 1000) / 1000 }));
}

export const suggestionGenerationHandlers: JobHandlers<typeof suggestionGeneration.jobs> = {
  async generate(job) {
    await callRemote(job);
    return suggest(job.data);
  },
};
