import type { ContactFields, LabelledAddress } from '@switchyard/catchup-data';
import type { people_v1 } from '@switchyard/catchup-google';
import { cleanText } from './clean-text.js';
import { phoneKey, regionOfPhone, type Region } from './phone-key.js';

/** What an item of a listing turned out to be. */
export type ReadPerson =
  | {
      readonly kind: 'person';
      readonly resourceName: string;
      readonly etag: string | null;
      /** Names under which the provider knew the same person before. */
      readonly formerNames: readonly string[];
      readonly fields: ContactFields;
    }
  | { readonly kind: 'deleted'; readonly resourceName: string; readonly formerNames: readonly string[] }
  | { readonly kind: 'rejected'; readonly resourceName: string | null; readonly reason: string };

/** Of emails, and of phones; more than that nobody has. */
const MAX_ADDRESSES = 100;
/** So that each fits into an index, whatever it is made of. */
const MAX_ADDRESS_LENGTH = 254;
const RESOURCE_NAME = /^people\/[\w.~-]{1,200}$/;
const FIELDS = [
  'names',
  'nicknames',
  'emailAddresses',
  'phoneNumbers',
  'organizations',
  'birthdays',
  'photos',
  'biographies',
  'memberships',
] as const;
/** What `readPerson` asks for: the `personFields` of a request. */
export const PERSON_FIELDS: readonly string[] = [...FIELDS, 'metadata'];

/**
 * One item of `people.connections.list`, checked and cleaned. An item that is not of the shape of a `Person` is
 * rejected as a whole, with a reason that shows nothing of its content.
 */
export function readPerson(wire: people_v1.Schema$Person, region?: Region): ReadPerson {
  const rejected = (reason: string, resourceName: string | null = null): ReadPerson => ({
    kind: 'rejected',
    resourceName,
    reason,
  });
  if (!isRecord(wire)) return rejected('it is no object');
  const { resourceName, etag, metadata } = wire;
  if (!isResourceName(resourceName)) return rejected('its resourceName is none');
  if (metadata !== undefined && !isRecord(metadata))
    return rejected('its metadata is no object', resourceName);
  const former = metadata?.previousResourceNames ?? [];
  const formerNames = (Array.isArray(former) ? former : []).filter(
    (name) => isResourceName(name) && name !== resourceName,
  );
  if (metadata?.deleted === true) return { kind: 'deleted', resourceName, formerNames };
  const malformed = FIELDS.find((field) => !isListOfRecords(wire[field]));
  if (malformed) return rejected(`its ${malformed} is no list of objects`, resourceName);

  return {
    kind: 'person',
    resourceName,
    etag: cleanText(etag) ?? null,
    formerNames,
    fields: readFields(wire, region),
  };
}

function readFields(wire: people_v1.Schema$Person, region?: Region): ContactFields {
  const name = primaryFirst(wire.names)
    .map(readName)
    .find(({ displayName }) => displayName !== '');
  const organization = primaryFirst(wire.organizations).find(({ name }) => cleanText(name));
  const photos = primaryFirst(wire.photos).filter((photo) => photo.default !== true);
  return {
    ...(name ?? { displayName: '', givenName: null, familyName: null }),
    nickname: firstText(primaryFirst(wire.nicknames).map(({ value }) => cleanText(value))),
    organization: cleanText(organization?.name) ?? null,
    jobTitle: cleanText(organization?.title) ?? null,
    birthday: firstText(primaryFirst(wire.birthdays).map(({ date }) => readBirthday(date))),
    photoUrl: firstText(photos.map(({ url }) => webAddress(url))),
    notes: firstText(primaryFirst(wire.biographies).map(({ value }) => cleanText(value, 5000))),
    starred: (wire.memberships ?? []).some(
      ({ contactGroupMembership: group }) =>
        isRecord(group) && group.contactGroupResourceName === 'contactGroups/starred',
    ),
    emails: primaryFirst(wire.emailAddresses).flatMap((email) =>
      readAddress(email, (value) => value.toLowerCase()),
    ),
    phones: primaryFirst(wire.phoneNumbers).flatMap((phone) =>
      // Where Google spells the number in full as well, it knew the region that it was entered in.
      readAddress(
        phone,
        (value) => phoneKey(value, regionOfPhone(cleanText(phone.canonicalForm)) ?? region) ?? value,
      ),
    ),
    changedAt: lastChange(wire.metadata),
  };
}

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isResourceName = (value: unknown): value is string =>
  typeof value === 'string' && RESOURCE_NAME.test(value);

const isListOfRecords = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.every(isRecord));

interface HasMetadata {
  metadata?: people_v1.Schema$FieldMetadata;
}
const isPrimary = ({ metadata }: HasMetadata): boolean => isRecord(metadata) && metadata.primary === true;
const primaryFirst = <T extends HasMetadata>(list: readonly T[] | null | undefined): T[] =>
  [...(list ?? [])].sort((a, b) => Number(isPrimary(b)) - Number(isPrimary(a))).slice(0, MAX_ADDRESSES);

const firstText = (texts: readonly (string | undefined)[]): string | null =>
  texts.find((text) => text !== undefined) ?? null;

function readName(name: people_v1.Schema$Name) {
  const givenName = cleanText(name.givenName) ?? null;
  const familyName = cleanText(name.familyName) ?? null;
  const parts = [givenName, familyName].filter((part) => part !== null).join(' ');
  const displayName = cleanText(name.displayName) ?? cleanText(name.unstructuredName) ?? parts;
  return { displayName, givenName, familyName };
}

function readAddress(
  wire: people_v1.Schema$EmailAddress | people_v1.Schema$PhoneNumber,
  normalised: (value: string) => string,
): LabelledAddress[] {
  const value = cleanText(wire.value, MAX_ADDRESS_LENGTH);
  return value === undefined ? [] : [{ value: normalised(value), label: cleanText(wire.type, 50) ?? null }];
}

/** `YYYY-MM-DD`, or `--MM-DD` where the year is not known. */
function readBirthday(date: people_v1.Schema$Date | undefined): string | undefined {
  if (!isRecord(date)) return undefined;
  const { year, month, day } = date;
  const isIn = (value: unknown, min: number, max: number): value is number =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  if (!isIn(month, 1, 12) || !isIn(day, 1, 31)) return undefined;
  const monthAndDay = `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return isIn(year, 1, 9999) ? `${String(year).padStart(4, '0')}-${monthAndDay}` : `--${monthAndDay}`;
}

/** Nothing but the web: this ends up in a page. */
function webAddress(value: unknown): string | undefined {
  const text = cleanText(value, 2000);
  return text !== undefined && URL.canParse(text) && new URL(text).protocol === 'https:' ? text : undefined;
}

function lastChange(metadata: people_v1.Schema$PersonMetadata | undefined): string | null {
  const sources: unknown = metadata?.sources;
  const times = (Array.isArray(sources) ? sources : [])
    .map((source: unknown) => (isRecord(source) && 'updateTime' in source ? source.updateTime : undefined))
    .filter((time): time is string => typeof time === 'string')
    .map((time) => Date.parse(time))
    .filter((time) => time > 0);
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}
