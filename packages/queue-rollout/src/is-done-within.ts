/** Whether some work is done within a limit, in ms; it goes on in any case. @throws what the work throws by then */
export async function isDoneWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const done = work.then(() => true);
  if (limitMs === Infinity) return done;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
