/** What was opened, closed in the opposite order. */
export interface Closing {
  add(close: () => Promise<void> | void): void;
  /** Closes all, whatever fails on the way. A second call waits for the first. @throws AggregateError */
  close(): Promise<void>;
}

export function createClosing(): Closing {
  const all: (() => Promise<void> | void)[] = [];
  let closing: Promise<void> | undefined;
  const closeAll = async () => {
    const errors: unknown[] = [];
    for (const close of all.reverse())
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    if (errors.length > 0) throw new AggregateError(errors, 'not everything could be closed');
  };
  return {
    add: (close) => void all.push(close),
    close: () => (closing ??= closeAll()),
  };
}
