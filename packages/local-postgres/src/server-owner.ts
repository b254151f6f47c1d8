import { readFile } from 'node:fs/promises';
import type { ProcessOwner } from '@switchyard/local-server';
import { PostgresStartError } from './errors.js';

/** Both are there for programs that own nothing; the first is on every system. */
const NAMES = ['nobody', 'postgres'];

/**
 * Who a server runs as: PostgreSQL refuses root, which can choose somebody else; anybody else runs it as himself, and
 * gets undefined here.
 *
 * @throws {PostgresStartError} for root when there is nobody else.
 */
export async function findServerOwner(): Promise<ProcessOwner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = parseOwner(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  if (owner) return owner;
  throw new PostgresStartError(
    `PostgreSQL refuses to run as root, and /etc/passwd has no user ${NAMES.join(' or ')} to run it as`,
  );
}

/** Finds in the text of `/etc/passwd` whom a server of root's may run as. */
export function parseOwner(passwd: string): ProcessOwner | undefined {
  for (const name of NAMES) {
    const [, uid, gid] = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(passwd) ?? [];
    if (Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}
