/** A fetch that ends when the spec says so. */
export function openEndedFetch() {
  let end: (value: string) => void = () => undefined;
  let begin: () => void = () => undefined;
  const hasBegun = new Promise<void>((resolve) => (begin = resolve));
  const result = new Promise<string>((resolve) => (end = resolve));
  let calls = 0;
  const fetch = () => {
    calls++;
    begin();
    return result;
  };
  return { fetch, hasBegun, end, calls: () => calls };
}
