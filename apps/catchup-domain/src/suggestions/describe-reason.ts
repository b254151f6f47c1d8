import type { ScoreReason } from './score.js';

/** A reason in one sentence to the user, without a full stop. */
export function describeReason(reason: ScoreReason): string {
  switch (reason.kind) {
    case 'overdue':
      return `${days(reason.days)} since you were last in touch, about ${reason.usualDays} are usual for you two`;
    case 'never-in-touch':
      return 'You have not been in touch yet';
    case 'birthday':
      return reason.inDays === 0
        ? 'It is their birthday today'
        : `Their birthday is in ${days(reason.inDays)}`;
    case 'met-lately':
      return reason.daysAgo === 0 ? 'You met today' : `You met ${days(reason.daysAgo)} ago`;
    case 'meeting-soon':
      return reason.inDays === 0 ? 'You meet today anyway' : `You meet in ${days(reason.inDays)} anyway`;
    case 'dismissed':
      return reason.daysAgo === 0
        ? 'You dismissed this today'
        : `You dismissed this ${days(reason.daysAgo)} ago`;
    case 'ignored':
      return reason.inARow === 1
        ? 'You let the last suggestion pass'
        : `You let the last ${reason.inARow} suggestions pass`;
  }
}

const days = (count: number) => (count === 1 ? '1 day' : `${count} days`);
