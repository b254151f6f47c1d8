/** One entry of one address book, read and cleaned: plain data that survives JSON. */
export interface SourcePerson {
  /** Unique among all entries of a user: account and resource name. */
  readonly key: string;
  readonly name: PersonName | null;
  readonly emails: readonly PersonAddress[];
  readonly phones: readonly PersonAddress[];
  readonly organization: string | null;
  readonly photoUrl: string | null;
  /** When the provider last saw it changed, ISO 8601 in UTC; null where it does not say. */
  readonly updatedAt: string | null;
}

export interface PersonName {
  readonly display: string;
  readonly given: string | null;
  readonly family: string | null;
}

/** An email address or a phone number. */
export interface PersonAddress {
  /** As it was written. */
  readonly value: string;
  /** Equal for addresses that reach the same; null where the value is no address by any reading. */
  readonly key: string | null;
  readonly label: string | null;
  readonly primary: boolean;
}
