import { setTimeout as delay } from 'node:timers/promises';
import type { Response } from 'express';
import type { FaultRule } from '../faults/fault-rule.js';
import type { Answer } from './route.js';

const HTML_ERROR_PAGE = (status: number): string =>
  `<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n  <title>Error ${status} (Server Error)!!1</title>\n  <p><b>${status}.</b> <ins>That’s an error.</ins>\n  <p>The server encountered a temporary error and could not complete your request.\n`;

/** Sends what was decided, or what the fault makes of it. Answers with the status that was sent, 0 for none. */
export async function sendAnswer(
  res: Response,
  answer: Answer,
  fault: FaultRule | undefined,
  signal: AbortSignal,
): Promise<number> {
  if (fault?.kind === 'slow')
    await delay(fault.delayMs ?? 1000, undefined, { signal }).catch(() => undefined);
  if (fault?.kind === 'drop-before' || fault?.kind === 'drop-after' || signal.aborted) {
    res.socket?.destroy();
    return 0;
  }
  if (fault?.kind === 'html-error-page') {
    const status = fault.status ?? 502;
    res.status(status).type('text/html').send(HTML_ERROR_PAGE(status));
    return status;
  }

  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body, null, 2);
  res.status(answer.status);
  if (answer.body !== undefined) res.setHeader('content-type', 'application/json; charset=UTF-8');
  for (const [name, value] of Object.entries(answer.headers ?? {})) res.setHeader(name, value);
  if (answer.body === undefined) {
    res.end();
    return answer.status;
  }
  const bytes = Buffer.from(text);
  if (fault?.kind === 'truncated-json') {
    res.end(bytes.subarray(0, Math.floor(bytes.length / 2)));
    return answer.status;
  }
  res.setHeader('content-length', bytes.length);
  if (fault?.kind === 'cut-off') {
    // The header promises more than comes: the reader learns of it from the connection.
    res.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => res.socket?.destroy());
    return answer.status;
  }
  res.end(bytes);
  return answer.status;
}
