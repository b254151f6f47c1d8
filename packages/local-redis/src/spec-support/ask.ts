import type { RestEndpoint } from '../rest/rest-endpoint.js';

export interface Question {
  readonly method?: string;
  /** Default: the endpoint's. `null` shows none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Anything but text and bytes is sent as JSON. */
  readonly body?: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** Of a JSON answer. */
  readonly json: unknown;
}

/** One HTTP request: a POST when it has a body, else a GET. */
export async function ask(endpoint: RestEndpoint, path: string, question: Question = {}): Promise<Reply> {
  const { token = endpoint.token, headers, body } = question;
  const isRaw = typeof body === 'string' || body instanceof Uint8Array || body === undefined;
  const response = await fetch(`${endpoint.url}${path}`, {
    method: question.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...headers },
    body: isRaw ? (body as string | Uint8Array<ArrayBuffer> | undefined) : JSON.stringify(body),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get('content-type') === 'application/json' && bytes.length > 0;
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    json: isJson ? (JSON.parse(bytes.toString()) as unknown) : undefined,
  };
}
