import type { Account, User } from '@switchyard/catchup-data';
import type { Member, Props } from './cast.js';
import type { Checks } from './checks.js';
import type { Narrator } from './narrator.js';
import type { World } from './start-world.js';

/** What each part of the story works with. */
export interface Story {
  readonly world: World;
  readonly checks: Checks;
  readonly tell: Narrator;
  readonly props: Props;
  readonly signal: AbortSignal;
}

/** A member who has signed in, with the accounts in the order in which they were connected. */
export interface Connected {
  readonly member: Member;
  readonly user: User;
  readonly accounts: readonly Account[];
}

/** Day and time on somebody's clock, such as `Mon 23 Mar 17:00`. */
export function onClockOf(at: Date, { timeZone }: { readonly timeZone: string }): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? '';
  return `${part('weekday')} ${part('day').padStart(2)} ${part('month')} ${part('hour')}:${part('minute')}`;
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
