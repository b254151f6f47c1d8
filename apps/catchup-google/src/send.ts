import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { request as gaxiosRequest } from 'gaxios';

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as a form. */
  readonly form?: URLSearchParams;
  readonly accessToken?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /**
   * On a connection that none used before: one that was kept open may be closed by the other side just as the request
   * is sent, and then nobody knows whether it arrived.
   */
  readonly ownConnection?: boolean;
}

export type WireAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: string;
      readonly retryAfter: string | null;
    }
  /** `sent` is false where the request surely never arrived. */
  | { readonly kind: 'no-answer'; readonly problem: string; readonly sent: boolean };

export interface Sender {
  /** One try, without redirects. Rejects with the signal's reason only. */
  send(request: WireRequest): Promise<WireAnswer>;
  /** Ends the connections that are kept open. */
  close(): void;
}

/** Far more than the largest page has; what is larger is not read to its end. */
const LARGEST_ANSWER_BYTES = 64 * 1024 * 1024;

const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

export function createSender(): Sender {
  const http = new HttpAgent({ keepAlive: true });
  const https = new HttpsAgent({ keepAlive: true });
  const ownHttp = new HttpAgent();
  const ownHttps = new HttpsAgent();

  return {
    async send({ method, url, query = {}, body, form, accessToken, timeoutMs, signal, ownConnection }) {
      signal?.throwIfAborted();
      const target = new URL(url);
      for (const [name, value] of Object.entries(query))
        if (value !== undefined) target.searchParams.set(name, String(value));
      // Not AbortSignal.any: a signal that lives as long as the process would remember every request.
      const stop = new AbortController();
      const leave = (): void => stop.abort();
      let isTimeOver = false;
      const timer = setTimeout(() => {
        isTimeOver = true;
        stop.abort();
      }, timeoutMs);
      signal?.addEventListener('abort', leave, { once: true });
      try {
        const answer = await gaxiosRequest<string>({
          method,
          url: target,
          data: form ?? body,
          headers: {
            accept: 'application/json',
            ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
          },
          responseType: 'text',
          validateStatus: () => true,
          retry: false,
          redirect: 'manual',
          maxContentLength: LARGEST_ANSWER_BYTES,
          agent:
            target.protocol === 'https:'
              ? ownConnection
                ? ownHttps
                : https
              : ownConnection
                ? ownHttp
                : http,
          signal: stop.signal,
        });
        return {
          kind: 'answer',
          status: answer.status,
          body: typeof answer.data === 'string' ? answer.data : '',
          retryAfter: answer.headers.get('retry-after'),
        };
      } catch (error) {
        signal?.throwIfAborted();
        const problem = isTimeOver ? 'ETIMEDOUT' : codeOf(error);
        return { kind: 'no-answer', problem, sent: !NOT_SENT.has(problem) };
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', leave);
      }
    },
    close() {
      for (const agent of [http, https]) agent.destroy();
    },
  };
}

/** The code of an error or of what caused it. */
function codeOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string' && /^[A-Z][A-Z_\d]{2,40}$/.test(code)) return code;
  }
  return 'ECONNRESET';
}
