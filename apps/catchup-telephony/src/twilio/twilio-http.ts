import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import twilio from 'twilio';

/** What happens to one request of Twilio's library. */
interface Call {
  readonly signal?: AbortSignal;
  /** The HTTP answer's header, where one came. */
  retryAfter?: string;
}

export interface TwilioHttp {
  /** For Twilio's library. */
  readonly client: InstanceType<typeof twilio.RequestClient>;
  /** Runs a request of the library under a signal, and tells what the library does not. */
  run<Result>(
    request: () => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<{ result: Result } | { error: unknown; retryAfter?: string }>;
  /** Ends the connections that are kept open. */
  close(): void;
}

/**
 * The HTTP client of Twilio's library with what it lacks: another address, a signal for each call, and the Retry-After
 * of an answer. It never repeats a request by itself.
 */
export function createTwilioHttp({
  apiUrl,
  timeoutMs,
}: {
  readonly apiUrl?: string;
  readonly timeoutMs: number;
}): TwilioHttp {
  const calls = new AsyncLocalStorage<Call>();
  const client = new twilio.RequestClient({ timeout: timeoutMs, autoRetry: false });
  const httpAgent = new HttpAgent({ keepAlive: true });
  client.axios.defaults.httpAgent = httpAgent;
  client.axios.interceptors.request.use((config) => {
    const signal = calls.getStore()?.signal;
    return Object.assign(config, {
      ...(signal && { signal }),
      ...(apiUrl !== undefined && { url: moved(config.url ?? '', apiUrl) }),
    });
  });
  client.axios.interceptors.response.use((answer) => {
    const call = calls.getStore();
    const retryAfter: unknown = answer.headers['retry-after'];
    if (call && typeof retryAfter === 'string') call.retryAfter = retryAfter;
    return answer;
  });
  return {
    client,
    async run(request, signal) {
      // The library's limit is one of silence; an answer that trickles has no end by that.
      const limit = AbortSignal.timeout(timeoutMs);
      const call: Call = { signal: signal ? AbortSignal.any([signal, limit]) : limit };
      try {
        return { result: await calls.run(call, request) };
      } catch (error) {
        return { error, retryAfter: call.retryAfter };
      }
    },
    close() {
      httpAgent.destroy();
      (client.axios.defaults.httpsAgent as HttpsAgent | undefined)?.destroy();
    },
  };
}

function moved(url: string, apiUrl: string): string {
  const { pathname, search } = new URL(url);
  return `${apiUrl}${pathname}${search}`;
}
