import type { people_v1 } from '@googleapis/people';
import { createRandom, deriveDigits, type Random } from '../random.js';
import { HOSTILE_CONTACTS } from './hostile-contacts.js';
import { DOMAINS, FAMILY_NAMES, GIVEN_NAMES, ORGANIZATIONS } from './names.js';
import { createPerson, type PersonFields } from './person.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** How many of a hundred contacts are another entry for a person who has one already. */
const DUPLICATES_PERCENT = 8;

/** One phone number, written in the ways people write it. */
const WAYS_TO_WRITE = [
  (country: string, number: string) => `+${country}${number}`,
  (country: string, number: string) => `00${country} ${number.slice(0, 2)} ${number.slice(2)}`,
  (country: string, number: string) => `+${country} (0) ${number.slice(0, 3)}/${number.slice(3)}`,
  (_: string, number: string) => `0${number.slice(0, 3)}-${number.slice(3, 6)}-${number.slice(6)}`,
  (country: string, number: string) => `tel:+${country}-${number.slice(0, 4)}-${number.slice(4)}`,
  (country: string, number: string) => ` +${country}\u00a0${number} ext. 12`,
] as const;

/** The contacts of a user, deterministic by seed and user. Some are duplicates, some are in hostile shapes. */
export function generateContacts(
  seed: number,
  userKey: string,
  count: number,
  anchorMs: number,
): people_v1.Schema$Person[] {
  const random = createRandom(seed, `contacts of ${userKey}`);
  const drafts: PersonFields[] = [];
  for (let at = 0; at < count; at += 1) {
    const hostile = HOSTILE_CONTACTS[at];
    const earlier =
      at > HOSTILE_CONTACTS.length ? drafts[random.between(HOSTILE_CONTACTS.length, at - 1)] : undefined;
    if (hostile) drafts.push(hostile);
    else if (earlier && random.chance(DUPLICATES_PERCENT / 100)) drafts.push(duplicateOf(earlier, random));
    else drafts.push(draftContact(random, at));
  }
  return drafts.map((draft, at) => {
    const resourceName = `people/c${deriveDigits(seed, `contact ${userKey} ${at}`, 18)}`;
    return createPerson(resourceName, draft, new Date(anchorMs - random.between(1, 900) * DAY_MS));
  });
}

function draftContact(random: Random, at: number): PersonFields {
  const givenName = random.pick(GIVEN_NAMES);
  const familyName = random.pick(FAMILY_NAMES);
  const address = `${slug(givenName)}.${slug(familyName)}${at}@${random.pick(DOMAINS)}`;
  const emails = random.chance(0.85)
    ? [{ value: address, type: random.pick(['home', 'work', 'other']) }]
    : [];
  if (random.chance(0.15)) emails.push({ value: address.toUpperCase(), type: 'work' });
  if (random.chance(0.1))
    emails.push({ value: `${slug(givenName)}${at}@${random.pick(DOMAINS)}`, type: 'other' });
  return {
    names: [
      {
        displayName: `${givenName} ${familyName}`,
        displayNameLastFirst: `${familyName}, ${givenName}`,
        givenName,
        familyName,
      },
    ],
    ...(emails.length > 0 && { emailAddresses: emails }),
    ...(random.chance(0.7) && { phoneNumbers: draftPhones(random) }),
    ...(random.chance(0.3) && { organizations: [{ name: random.pick(ORGANIZATIONS), title: 'Manager' }] }),
    ...(random.chance(0.2) && { birthdays: [draftBirthday(random)] }),
    ...(random.chance(0.1) && {
      biographies: [{ value: 'Met at the fair.\nLikes tea.', contentType: 'TEXT_PLAIN' }],
    }),
    memberships: [
      {
        contactGroupMembership: {
          contactGroupId: 'myContacts',
          contactGroupResourceName: 'contactGroups/myContacts',
        },
      },
    ],
  };
}

function draftPhones(random: Random): people_v1.Schema$PhoneNumber[] {
  const country = random.pick(['49', '44', '1', '34', '90', '81']);
  const number = Array.from({ length: 10 }, (_, at) => random.between(at === 0 ? 2 : 0, 9)).join('');
  const canonicalForm = `+${country}${number}`;
  return Array.from({ length: random.chance(0.25) ? 2 : 1 }, () => ({
    value: random.pick(WAYS_TO_WRITE)(country, number),
    // Google leaves it out where it cannot tell the country.
    ...(random.chance(0.7) && { canonicalForm }),
    type: random.pick(['mobile', 'home', 'work']),
  }));
}

function draftBirthday(random: Random): people_v1.Schema$Birthday {
  const date = { month: random.between(1, 12), day: random.between(1, 28) };
  // A birthday without a year is common, and so is one that is only a text.
  return random.chance(0.5)
    ? { date: { year: random.between(1940, 2010), ...date } }
    : { date, text: `${date.day}.${date.month}.` };
}

/** Another entry for the same person: one address or number in common, the name written differently. */
function duplicateOf(earlier: PersonFields, random: Random): PersonFields {
  const name = earlier.names?.[0];
  const shared = random.chance(0.5) ? 'emailAddresses' : 'phoneNumbers';
  return {
    ...(name && {
      names: [{ displayName: `${name.givenName ?? ''}`.trim().toUpperCase(), givenName: name.givenName }],
    }),
    ...(earlier[shared] && { [shared]: earlier[shared] }),
    memberships: earlier.memberships,
  };
}

/** Letters outside ASCII stay: addresses may have them (RFC 6531). */
const slug = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
