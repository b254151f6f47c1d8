/** What Bull publishes when a job has completed (its result as JSON) or failed for good (the reason). */
export function readEnd(message: string): { storedId: string; value: string | undefined } | null {
  try {
    const { jobId, val } = JSON.parse(message) as { jobId?: unknown; val?: unknown };
    return { storedId: String(jobId), value: typeof val === 'string' ? val : undefined };
  } catch {
    // Bull's scripts put some of these messages together by hand; an id with a quote in it breaks them.
    return null;
  }
}
