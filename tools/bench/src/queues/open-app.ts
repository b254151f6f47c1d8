import type { ContenderApp, ContenderId } from './contender.js';

/** Loads only what this contender needs: it shares its process with nothing of another one. */
export async function openApp(contender: ContenderId, url: string): Promise<ContenderApp> {
  switch (contender) {
    case 'bull':
      return (await import('./bull-app.js')).openBullApp(url);
    case 'bullmq-options':
      return (await import('./bullmq-app.js')).openBullmqApp(url);
    case 'bullmq-shared':
      return (await import('./bullmq-app.js')).openBullmqSharedApp(url);
    case 'ours':
      return (await import('./bullmq-app.js')).openOurApp(url);
  }
}
