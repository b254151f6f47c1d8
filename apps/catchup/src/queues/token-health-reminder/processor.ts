import type { JobHandlers } from '@switchyard/queue-contract';
import type { z } from 'zod';
import { DAY_MS } from '../../durations.js';
import { callRemote } from '../../simulated-remote.js';
import type { tokenHealthReminder, tokenHistory } from './queue.js';

/** Google answers 401 now and then for a token that is fine; three in a row it is not. */
const DEAD_AFTER_REFUSALS = 3;
const REMIND_EVERY_MS = 7 * DAY_MS;

export type TokenHealth =
  | { readonly state: 'alive' }
  | { readonly state: 'dead'; readonly sinceMs: number; readonly remind: boolean };

/** A service that could not be reached says nothing about the token, so such uses are passed over. */
export function judgeToken(history: Omit<z.output<typeof tokenHistory>, 'remote'>): TokenHealth {
  const answered = history.uses.filter(({ outcome }) => outcome !== 'unreachable');
  const lastGood = answered.findLastIndex(({ outcome }) => outcome === 'ok');
  const refusals = answered.slice(lastGood + 1);
  const [first] = refusals;
  if (first === undefined || refusals.length < DEAD_AFTER_REFUSALS) return { state: 'alive' };
  const { lastRemindedAtMs, nowMs } = history;
  const remind = lastRemindedAtMs === null || nowMs - lastRemindedAtMs >= REMIND_EVERY_MS;
  return { state: 'dead', sinceMs: first.atMs, remind };
}

export const tokenHealthReminderHandlers: JobHandlers<typeof tokenHealthReminder.jobs> = {
  async 'check-token'(job) {
    await callRemote(job);
    return judgeToken(job.data);
  },
};
