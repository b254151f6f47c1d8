import { domainToASCII } from 'node:url';

/** As long as an address may be: RFC 5321, 4.5.3.1.3. */
const MAX_LENGTH = 254;
const GMAIL = new Set(['gmail.com', 'googlemail.com']);

/**
 * What two addresses have in common if they reach the same mailbox; undefined for what is no address.
 *
 * Letters count in one case, as every provider of note delivers. Of Gmail's own two domains, which are one, dots and
 * what follows a plus do not count either: Google delivers all of these to the same person
 * (https://support.google.com/mail/answer/7436150, /answer/22370). Elsewhere a dot or a plus may well be somebody else.
 */
export function emailKey(address: string): string | undefined {
  const text = address
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim()
    .toLowerCase();
  if (text.length > MAX_LENGTH) return undefined;
  const match = /^([^\s@<>"(),:;[\]\\\p{Cc}\p{Cs}]+)@([^\s@/?#:]+)$/u.exec(text);
  const local = match?.[1];
  const domain = match?.[2] === undefined ? '' : domainToASCII(match[2]).replace(/\.$/, '');
  if (local === undefined || !domain.includes('.')) return undefined;
  if (!GMAIL.has(domain)) return `${local}@${domain}`;
  const mailbox = local.replace(/\+.*$/u, '').replaceAll('.', '');
  return mailbox === '' ? undefined : `${mailbox}@gmail.com`;
}

/**
 * Mailboxes that belong to an office, not to somebody: those of RFC 2142, and what businesses add to them. An address
 * among these tells nothing about who somebody is.
 */
const ROLES = new Set(
  (
    'info marketing sales support noc abuse security postmaster hostmaster usenet news webmaster www uucp ftp ' +
    'admin administrator billing contact enquiries hello help helpdesk hr jobs mail mailer-daemon no-reply noreply ' +
    'office reception service team welcome'
  ).split(' '),
);

/** Of a key that `emailKey` gave. */
export const isRoleAddress = (key: string): boolean => ROLES.has(key.slice(0, key.indexOf('@')));
