/** A request as it was answered. It holds no token, code or secret and nothing of a body. */
export interface RequestRecord {
  /** From 1, in the order of arrival. */
  readonly number: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly operation: string;
  /** The user's id, where the request told whose it is. */
  readonly userId?: string;
  /** The parameters of the query; what is secret shows as `…`. */
  readonly query: Readonly<Record<string, string>>;
  /** 0 where the connection was dropped without an answer. */
  readonly status: number;
  /** The kind of fault that struck. */
  readonly fault?: string;
}

const SECRET = [
  'access_token',
  'code',
  'token',
  'state',
  'key',
  'code_challenge',
  'refresh_token',
  'client_secret',
];

export const showQuery = (query: URLSearchParams): Record<string, string> =>
  Object.fromEntries([...query].map(([name, value]) => [name, SECRET.includes(name) ? '…' : value]));
