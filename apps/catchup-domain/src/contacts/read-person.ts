import type { people_v1 } from '@googleapis/people';
import { cleanText } from './clean-text.js';
import { emailKey } from './email-key.js';
import { phoneKey, regionOfPhone, type Region } from './phone-key.js';
import type { PersonAddress, PersonName, SourcePerson } from './source-person.js';

/** What an item of a listing turned out to be. */
export type ReadPerson =
  | {
      readonly kind: 'person';
      readonly resourceName: string;
      readonly etag: string | null;
      /** Names under which the provider knew the same person before. */
      readonly formerNames: readonly string[];
      readonly person: Omit<SourcePerson, 'key'>;
    }
  | { readonly kind: 'deleted'; readonly resourceName: string; readonly formerNames: readonly string[] }
  | { readonly kind: 'rejected'; readonly resourceName: string | null; readonly reason: string };

/** Of emails, and of phones; more than that nobody has. */
const MAX_ADDRESSES = 100;
const RESOURCE_NAME = /^people\/[\w.~-]{1,200}$/;
const FIELDS = ['names', 'emailAddresses', 'phoneNumbers', 'organizations', 'photos'] as const;

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

  const organization = primaryFirst(wire.organizations).find(({ name }) => cleanText(name));
  const photo = primaryFirst(wire.photos).find(
    ({ url, default: isDefault }) => !isDefault && webAddress(url),
  );
  return {
    kind: 'person',
    resourceName,
    etag: cleanText(etag) ?? null,
    formerNames,
    person: {
      name:
        primaryFirst(wire.names)
          .map(readName)
          .find((name) => name !== null) ?? null,
      emails: primaryFirst(wire.emailAddresses).flatMap((email) =>
        readAddress(email, (value) => emailKey(value)),
      ),
      phones: primaryFirst(wire.phoneNumbers).flatMap((phone) =>
        // Where Google spells the number in full as well, it knew the region that it was entered in.
        readAddress(phone, (value) =>
          phoneKey(value, regionOfPhone(cleanText(phone.canonicalForm)) ?? region),
        ),
      ),
      organization: cleanText(organization?.name) ?? null,
      photoUrl: webAddress(photo?.url) ?? null,
      updatedAt: lastUpdate(metadata),
    },
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

function readName(name: people_v1.Schema$Name): PersonName | null {
  const given = cleanText(name.givenName) ?? null;
  const family = cleanText(name.familyName) ?? null;
  const display =
    cleanText(name.displayName) ??
    cleanText(name.unstructuredName) ??
    [given, family].filter(Boolean).join(' ');
  return display === '' ? null : { display, given, family };
}

function readAddress(
  wire: people_v1.Schema$EmailAddress | people_v1.Schema$PhoneNumber,
  keyOf: (value: string) => string | undefined,
): PersonAddress[] {
  const value = cleanText(wire.value);
  if (value === undefined) return [];
  return [
    {
      value,
      key: keyOf(value) ?? null,
      label: cleanText(wire.type, 50) ?? null,
      primary: isPrimary(wire),
    },
  ];
}

/** Nothing but the web: this ends up in a page. */
function webAddress(value: unknown): string | undefined {
  const text = cleanText(value, 2000);
  return text !== undefined && URL.canParse(text) && new URL(text).protocol === 'https:' ? text : undefined;
}

function lastUpdate(metadata: people_v1.Schema$PersonMetadata | undefined): string | null {
  const sources: unknown = metadata?.sources;
  const times = (Array.isArray(sources) ? sources : [])
    .map((source: unknown) => (isRecord(source) && 'updateTime' in source ? source.updateTime : undefined))
    .filter((time): time is string => typeof time === 'string')
    .map((time) => Date.parse(time))
    .filter((time) => time > 0);
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}
