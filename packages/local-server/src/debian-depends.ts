/**
 * Reads a Debian `Depends` field into its alternatives, without versions and architectures:
 * `libc6 (>= 2.34), libsystemd0 | libelogind0` is `[['libc6'], ['libsystemd0', 'libelogind0']]`.
 */
export function parseDepends(field: string): string[][] {
  return field
    .split(',')
    .map((entry) =>
      entry
        .split('|')
        .map((name) => name.trim().replace(/[\s(:].*$/s, ''))
        .filter(Boolean),
    )
    .filter((names) => names.length > 0);
}
