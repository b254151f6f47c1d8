import { Refusal } from '../serve/refusal.js';
import type { Channel } from './channel.js';

export interface WatchLimits {
  readonly now: () => Date;
  readonly defaultLifetimeSeconds: number;
  readonly maxLifetimeSeconds: number;
  /** As at Google; loopback addresses over http are taken otherwise. */
  readonly requireHttps: boolean;
}

/** Checks what a watch request asks for. A lifetime above the maximum is cut to it, as Google does. */
export function readWatchBody(
  json: unknown,
  { now, defaultLifetimeSeconds, maxLifetimeSeconds, requireHttps }: WatchLimits,
): Pick<Channel, 'id' | 'address' | 'token' | 'expirationMs'> {
  const { id, type, address, token, expiration, params } = (json ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string' || id === '') throw required('id');
  if (!/^[A-Za-z0-9\-_+/=]{1,64}$/.test(id))
    throw refuse(
      'channelIdInvalid',
      'Channel id must match [A-Za-z0-9\\-_\\+/=]+ and have 64 characters at most',
    );
  if (type !== 'web_hook' && type !== 'webhook') throw refuse('channelUnknown', 'Unknown channel type');
  if (typeof address !== 'string' || !URL.canParse(address)) throw required('address');
  if (token !== undefined && (typeof token !== 'string' || token.length > 256))
    throw refuse('badRequest', 'Channel token has 256 characters at most');

  const { protocol, hostname } = new URL(address);
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  if (protocol !== 'https:' && (requireHttps || !isLoopback || protocol !== 'http:'))
    throw refuse('push.webhookUrlNotHttps', `WebHook callback must be HTTPS: ${address}`);

  const nowMs = now().getTime();
  const ttlSeconds = Number((params as { ttl?: unknown } | undefined)?.ttl ?? defaultLifetimeSeconds);
  const wantedMs = expiration === undefined ? nowMs + ttlSeconds * 1000 : Number(expiration);
  if (!(wantedMs > nowMs)) throw refuse('badRequest', 'The expiration has to lie ahead.');
  const expirationMs = Math.min(wantedMs, nowMs + maxLifetimeSeconds * 1000);
  // Whole seconds: that is what the header can say.
  return { id, address, token, expirationMs: Math.floor(expirationMs / 1000) * 1000 };
}

const required = (name: string): Refusal =>
  new Refusal({
    status: 400,
    reason: 'required',
    message: 'Required',
    locationType: 'parameter',
    location: `entity.${name}`,
  });

const refuse = (reason: string, message: string): Refusal => new Refusal({ status: 400, reason, message });
