import type { Request } from 'express';
import { isIP } from 'node:net';
import { ClientAddressError } from './errors.js';
import { checkTrustedProxies } from './trusted-proxies.js';

/**
 * The client's IP address. `X-Forwarded-For` is believed from those proxies alone that Express' setting `trust proxy` names.
 *
 * @returns null where the connection has ended: nobody is there to be counted or answered
 * @throws TrustProxyError where everybody's `X-Forwarded-For` would be believed
 * @throws ClientAddressError where there is no address, or a trusted proxy names something that is none
 */
export function readClientAddress(request: Request): string | null {
  checkTrustedProxies(request);
  const address = request.ip;
  if (address === undefined && request.socket.destroyed) return null;
  if (address === undefined || !isIP(address)) throw new ClientAddressError(address);
  return address;
}
