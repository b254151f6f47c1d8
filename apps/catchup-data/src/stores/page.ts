/** Some of many, in the order of their ids: what changes in between moves nothing to another page. */
export interface Page {
  /** The id of the last one of the page before; none for the first page. */
  readonly after?: string;
  readonly limit: number;
}
