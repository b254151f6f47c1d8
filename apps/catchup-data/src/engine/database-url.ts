/** Where a server is. What is printed of it shows no password. */
export interface DatabaseAddress {
  readonly url: string;
  /** `host:port/database`. */
  readonly where: string;
}

/** @returns what is wrong with it, without showing it: half of a malformed URL may be a password */
export function parseDatabaseUrl(text: string): DatabaseAddress | { readonly problem: string } {
  const problem = (what: string) => ({
    problem: `${what}; it is written as postgres://user:password@host:port/database`,
  });
  if (!URL.canParse(text)) return problem('is no URL (a password is percent-encoded)');
  const url = new URL(text);
  if (!['postgres:', 'postgresql:'].includes(url.protocol)) return problem('does not begin with postgres://');
  if (url.hash || /[/@]/.test(url.pathname.slice(1)) || url.search.includes('@'))
    return problem('is cut by a sign of the URL: # / ? @ in a password are percent-encoded');
  const socketFolder = url.searchParams.get('host');
  if (!url.hostname && !socketFolder) return problem('names no host');
  if (url.pathname.length < 2) return problem('names no database');
  const host = url.hostname || socketFolder;
  const address = { where: `${host}:${url.port || 5432}${url.pathname}` };
  // The password does not show where options are printed.
  return Object.defineProperty(address, 'url', { value: text }) as DatabaseAddress;
}
