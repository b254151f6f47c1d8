import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Channel, ResourceState } from './channel.js';

/**
 * Posts one message. Answers with the status, or 0 where none came in time. Every message has a connection of its own
 * that is closed after it.
 * See https://developers.google.com/workspace/calendar/api/guides/push for the headers.
 */
export function postMessage(
  channel: Channel,
  messageNumber: number,
  state: ResourceState,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<number> {
  const send = channel.address.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const message = send(channel.address, {
      method: 'POST',
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      headers: {
        'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
        'content-type': 'application/json; utf-8',
        'content-length': 0,
        'x-goog-channel-id': channel.id,
        ...(channel.token !== undefined && { 'x-goog-channel-token': channel.token }),
        'x-goog-channel-expiration': new Date(channel.expirationMs).toUTCString(),
        'x-goog-resource-id': channel.resourceId,
        'x-goog-resource-uri': channel.resourceUri,
        'x-goog-resource-state': state,
        'x-goog-message-number': String(messageNumber),
      },
    });
    message.on('error', () => resolve(0));
    message.once('response', (response) => {
      response.resume();
      // A body that breaks off changes nothing: the status is what counts.
      response.on('error', () => undefined);
      response.once('close', () => resolve(response.statusCode ?? 0));
    });
    message.end();
  });
}
