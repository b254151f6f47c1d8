/** What a user answers when an app asks. */
export interface Consent {
  readonly deny?: boolean;
  /** Grants these scopes only, whatever was asked for: consent is granular. By default all that were asked for. */
  readonly scopes?: readonly string[];
}
