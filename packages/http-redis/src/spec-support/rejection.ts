/** What a promise rejects with; fails where it resolves. */
export async function rejection<T extends Error = Error>(promise: Promise<unknown>): Promise<T> {
  const outcome = await promise.then(
    () => 'resolved' as const,
    (error: T) => error,
  );
  if (outcome === 'resolved') throw new Error('expected a rejection');
  return outcome;
}
