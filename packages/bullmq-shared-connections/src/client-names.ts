/**
 * BullMQ finds the workers of a queue by the names of their connections (`CLIENT LIST`). Here many workers
 * share one, so its name lists them all, and who reads the list through this package sees a line for each.
 * Stock BullMQ does not.
 */
const SEPARATOR = ';';

/** The server keeps the name with each connection and sends it with each list: it must not grow without bound. */
const MAX_SHOWN = 500;

/**
 * The name of a shared connection: what it is, then the names that stock BullMQ would have given one each.
 */
export function sharedClientName(base: string, names: Iterable<string>): string {
  // Redis takes printable ASCII without spaces; a worker's name may be anything, but a space would end the
  // field. By way of UTF-8, in which half a surrogate pair does not survive to break the encoding.
  const encoded = [...names]
    .slice(0, MAX_SHOWN)
    .map((name) => encodeURIComponent(Buffer.from(name.replace(/\s/g, '_')).toString()));
  return [base, ...encoded].join(SEPARATOR);
}

/** The text of `CLIENT LIST` with one line for each name of a shared connection. */
export function expandClientList(list: string, bases: readonly string[]): string {
  return list
    .split('\n')
    .flatMap((line) => {
      const name = /(?<= name=)\S+/.exec(line)?.[0] ?? '';
      const [base = '', ...names] = name.split(SEPARATOR);
      if (!bases.includes(base) || names.length === 0) return [line];
      return names.map((each) => line.replace(`name=${name}`, () => `name=${decodeURIComponent(each)}`));
    })
    .join('\n');
}
