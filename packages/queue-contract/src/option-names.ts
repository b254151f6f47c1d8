import { InvalidOptionError } from './errors.js';

/**
 * Refuses an option that nobody would heed, by its name: one that is misspelt, or that another library knows. One
 * whose value is `undefined` is not there.
 *
 * @param where named in the error, such as `a job of queue "calendar-sync"`
 * @param instead what to say of single names, where there is something better than the list of those allowed
 * @throws InvalidOptionError
 */
export function checkOptionNames(
  where: string,
  options: object,
  allowed: readonly string[],
  instead: Readonly<Record<string, string>> = {},
): void {
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || allowed.includes(option)) continue;
    const better = Object.hasOwn(instead, option) ? instead[option] : undefined;
    throw new InvalidOptionError(
      `${option} of ${where}`,
      value,
      better ?? `none of this name, but ${allowed.join(', ')}`,
    );
  }
}
