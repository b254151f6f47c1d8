import type { RestEndpoint } from '../rest/rest-endpoint.js';

/** What an event stream says, event by event. */
export interface EventReader {
  readonly status: number;
  readonly contentType: string | null;
  /** The data of the next event, its lines joined; nothing when the stream ended. */
  next(): Promise<string | undefined>;
  leave(): void;
}

export async function readEvents(
  endpoint: RestEndpoint,
  path: string,
  init: RequestInit = {},
): Promise<EventReader> {
  const leaving = new AbortController();
  const response = await fetch(`${endpoint.url}${path}`, {
    headers: { authorization: `Bearer ${endpoint.token}`, accept: 'text/event-stream' },
    ...init,
    signal: leaving.signal,
  });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let received = '';
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    async next() {
      let end = received.indexOf('\n\n');
      while (end < 0) {
        const { value, done } = await reader.read();
        if (done) return undefined;
        received += decoder.decode(value, { stream: true });
        end = received.indexOf('\n\n');
      }
      const event = received.slice(0, end);
      received = received.slice(end + 2);
      return event
        .split('\n')
        .map((line) => line.replace(/^data: /, ''))
        .join('\n');
    },
    leave: () => leaving.abort(),
  };
}
