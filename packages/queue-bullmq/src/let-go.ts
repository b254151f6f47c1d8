/** How long a close that was told not to wait still waits for Redis to answer. */
export const LET_GO_MS = 2000;
