import { definePolicies, smsPolicy } from '@switchyard/rate-limiter';

/**
 * CatchUp's limits. By user: API, VOICE (minutes of speech to text), SYNC (on demand). By address: IP, and AUTH, since who
 * logs in is not known yet. By phone number: SMS, 20 in any hour. Addresses are personal, so Redis sees them hashed.
 */
export const rateLimitPolicies = definePolicies({
  API: { algorithm: 'sliding-window', limit: 60, windowSeconds: 60, tiers: { pro: { limit: 300 } } },
  IP: { algorithm: 'sliding-window', limit: 300, windowSeconds: 60, isKeyHashed: true },
  AUTH: { algorithm: 'sliding-window', limit: 10, windowSeconds: 900, isKeyHashed: true },
  VOICE: { algorithm: 'sliding-window', limit: 60, windowSeconds: 3600, tiers: { pro: { limit: 300 } } },
  SYNC: { algorithm: 'sliding-window', limit: 6, windowSeconds: 600, tiers: { pro: { limit: 30 } } },
  SMS: smsPolicy(),
});
