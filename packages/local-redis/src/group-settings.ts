/**
 * The servers of a group talk to each other, and are asked, without a password.
 *
 * @throws TypeError when the settings ask for one.
 */
export function refusePassword(settings: Readonly<Record<string, string>> = {}): void {
  for (const name of Object.keys(settings)) {
    if (name.toLowerCase() === 'requirepass') {
      throw new TypeError(`settings: "${name}" cannot be set for several servers at once; use startRedis`);
    }
  }
}
