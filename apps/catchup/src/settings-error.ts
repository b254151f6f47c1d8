/** Everything that is wrong with the app's settings, at once. Shows no secret. */
export class InvalidSettingsError extends Error {
  readonly code = 'CATCHUP_INVALID_SETTINGS';
  override readonly name = 'InvalidSettingsError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}

/**
 * Reads several groups of settings and answers them all.
 *
 * @throws InvalidSettingsError with the problems of every group that could not be read
 */
export function readAll<T extends Record<string, () => unknown>>(
  groups: T,
): { [K in keyof T]: ReturnType<T[K]> } {
  const problems: string[] = [];
  const values = Object.entries(groups).map(([name, read]) => {
    try {
      return [name, read()];
    } catch (error) {
      problems.push(...problemsOf(error));
      return [name, undefined];
    }
  });
  if (problems.length > 0) throw new InvalidSettingsError(problems);
  return Object.fromEntries(values) as { [K in keyof T]: ReturnType<T[K]> };
}

/** Those of a package's own error are many, too. */
function problemsOf(error: unknown): readonly string[] {
  const { message, problems } = error as Error & { readonly problems?: unknown };
  return Array.isArray(problems) ? problems.map(String) : [message];
}
