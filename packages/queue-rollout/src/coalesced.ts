/**
 * Runs `task` anew for every call, never twice at a time: those who call while it runs share the run that follows, so
 * that each sees what has changed before its call.
 */
export function coalesced<T>(task: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;
  const run = async (): Promise<T> => {
    try {
      return await task();
    } finally {
      running = next;
      next = undefined;
    }
  };
  return () => {
    if (!running) return (running = run());
    return (next ??= running.then(run, run));
  };
}
