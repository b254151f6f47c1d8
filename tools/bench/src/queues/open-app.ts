import { loadBull } from '../optional-bull.js';
import { queueNames, type ContenderApp, type ContenderId } from './contender.js';

/** Plain Bull's part of `@switchyard/queue-bull`. */
interface BullBenchApp {
  openBullApp(url: string, queueNames: readonly string[]): Promise<ContenderApp>;
}

/** Loads only what this contender needs: it shares its process with nothing of another one. */
export async function openApp(contender: ContenderId, url: string): Promise<ContenderApp> {
  switch (contender) {
    case 'bull': {
      const { openBullApp } = await loadBull<BullBenchApp>('plain-bull/bench-app');
      return openBullApp(url, queueNames);
    }
    case 'bullmq-options':
      return (await import('./bullmq-app.js')).openBullmqApp(url);
    case 'bullmq-shared':
      return (await import('./bullmq-app.js')).openBullmqSharedApp(url);
    case 'ours':
      return (await import('./bullmq-app.js')).openOurApp(url);
  }
}
