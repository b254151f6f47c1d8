import type { IncomingMessage } from 'node:http';
import { RequestError } from './request-error.js';

/**
 * Reads the body of a request.
 *
 * @throws {RequestError} 413 when it has more than `maxBytes`; the rest of it is not kept
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxBytes) return Promise.reject(tooLarge(maxBytes, declared));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) {
        request.removeAllListeners('data');
        reject(tooLarge(maxBytes, length));
      } else {
        chunks.push(chunk);
      }
    });
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.once('error', reject);
  });
}

function tooLarge(maxBytes: number, length: number): RequestError {
  return new RequestError(
    413,
    `ERR max request size exceeded. Limit: ${maxBytes} bytes, Actual: at least ${length} bytes`,
  );
}
