/** Replies of a Redis that is there, but does not do what queues need. */
const REFUSALS: readonly (readonly [reply: RegExp, problem: string])[] = [
  [/^NOPERM|ACL failure in script/, 'Redis does not allow this user what queues need'],
  [/^OOM/, 'Redis is out of memory'],
  [/^MISCONF/, 'Redis cannot write to its disk and refuses changes'],
];

/** What keeps the store from doing its work, for people; `undefined` of an error that is about something else. */
export function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { message } = error;
  return REFUSALS.find(([reply]) => reply.test(message))?.[1];
}
