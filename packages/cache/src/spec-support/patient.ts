/** For specs whose outcome must not hang on how busy the machine is. */
export const patient = { timeoutMs: 20_000 } as const;
