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
