/** Appears in jobs, logs and metrics. */
export const ENGINE_NAME = 'bullmq';
