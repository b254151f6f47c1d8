import { InvalidOptionError } from '@switchyard/queue-contract';

/** As Bull reads them: the key prefix of the connection wins, and an empty one counts as none. */
export function prefixOf({
  prefix,
  keyPrefix,
}: {
  readonly prefix?: string;
  readonly keyPrefix?: string;
}): string {
  return keyPrefix || prefix || 'bull';
}

/**
 * The names in the Bull app of queues that are declared under another.
 *
 * @throws InvalidOptionError for two declared queues that would be one of Bull: each would run the other's jobs
 */
export function readBullNames(names: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> {
  const seen = new Set<string>();
  for (const [declared, name] of Object.entries(names)) {
    if (typeof name !== 'string' || name === '' || seen.has(name)) {
      throw new InvalidOptionError(`queueNames["${declared}"]`, name, 'a name of its own in the Bull app');
    }
    seen.add(name);
  }
  return new Map(Object.entries(names));
}

/**
 * Gives declared queues their names in the Bull app, each to one.
 *
 * @param bullNames of those that are declared under another
 * @throws InvalidOptionError for a queue that would be the same one of Bull as an earlier queue: each would run the
 * other's jobs
 */
export function createNaming(bullNames: ReadonlyMap<string, string>): (declared: string) => string {
  const owners = new Map<string, string>();
  return (declared) => {
    const name = bullNames.get(declared) ?? declared;
    const owner = owners.get(name) ?? declared;
    if (owner !== declared) {
      // One of the two goes by its own name.
      const named = bullNames.has(declared) ? declared : owner;
      throw new InvalidOptionError(`queueNames["${named}"]`, name, 'a name of its own in the Bull app');
    }
    owners.set(name, declared);
    return name;
  };
}
