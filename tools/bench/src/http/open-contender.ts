import type { ContenderId, HttpContender, Place } from './contender.js';

/** Loads only what this contender needs: it shares its process with nothing of another one. */
export async function openContender(contender: ContenderId, place: Place): Promise<HttpContender> {
  switch (contender) {
    case 'sdk':
      return (await import('./sdk-contender.js')).openSdk(place);
    case 'ours':
      return (await import('./our-contender.js')).openOurs(place);
    case 'ratelimit':
      return (await import('./ratelimit-contender.js')).openRatelimit(place);
    case 'four-calls':
      return (await import('./four-calls-contender.js')).openFourCalls(place);
    case 'bentocache':
      return (await import('./bentocache-contender.js')).openBentoCache(place);
  }
}
