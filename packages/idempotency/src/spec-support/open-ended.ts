/** Something that runs until it is told to end. */
export interface OpenEnded {
  readonly run: (signal: AbortSignal) => Promise<unknown>;
  /** Resolves with the signal that `run` was given. */
  readonly begun: Promise<AbortSignal>;
  end(result: unknown): void;
  fail(error: unknown): void;
}

export function openEnded(): OpenEnded {
  let begin: (signal: AbortSignal) => void = () => undefined;
  let end: OpenEnded['end'] = () => undefined;
  let fail: OpenEnded['fail'] = () => undefined;
  const begun = new Promise<AbortSignal>((resolve) => (begin = resolve));
  const ended = new Promise<unknown>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const run = (signal: AbortSignal) => {
    begin(signal);
    return ended;
  };
  return { run, begun, end, fail };
}
