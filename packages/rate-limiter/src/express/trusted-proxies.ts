import type { Application, Request } from 'express';
import { TrustProxyError } from './errors.js';

/** How Express keeps the setting `trust proxy`: asked for each address, from the nearest hop on. */
type Trusts = (address: string, hop: number) => boolean;

/** Nobody's address (RFC 5737), further away than any chain of proxies is long: whoever trusts it trusts everybody. */
const STRANGER = '203.0.113.113';
const FAR_AWAY_HOPS = 1000;

const sound = new WeakSet<Trusts>();
const warned = new WeakSet<Application>();

/**
 * Refuses a setting by which each client could choose its address, and warns once per app where a proxy seems to be in
 * front of it that is not trusted: then all clients of that proxy count as one.
 *
 * @throws TrustProxyError
 */
export function checkTrustedProxies(request: Request): void {
  const { app, headers } = request;
  const trusts = app.get('trust proxy fn') as Trusts;
  if (!sound.has(trusts)) {
    if (trusts(STRANGER, FAR_AWAY_HOPS)) throw new TrustProxyError();
    sound.add(trusts);
  }
  if (headers['x-forwarded-for'] === undefined || app.get('trust proxy') !== false || warned.has(app)) return;
  warned.add(app);
  process.emitWarning(
    "X-Forwarded-For came, but Express' setting `trust proxy` names no proxy: the field is ignored, and all clients " +
      'behind one proxy share its limit. Behind a proxy, set `trust proxy` to its address or to the number of proxies.',
    { code: 'SWITCHYARD_UNTRUSTED_FORWARDED_FOR' },
  );
}
