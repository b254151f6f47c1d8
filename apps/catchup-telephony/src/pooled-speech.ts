import { createConnectionPool, type ConnectionPool } from './pools/connection-pool.js';
import type { PoolOptions } from './pools/pool-options.js';
import type { SpeechToText } from './speech-to-text.js';

/** A client that connections belong to. */
export interface SpeechClient extends SpeechToText {
  close(): void;
}

/** Speech-to-text over a pool of clients, so that no more audio is on its way at once than the provider takes. */
export function createPooledSpeech<Client extends SpeechClient>(
  open: () => Client,
  options: Partial<Omit<PoolOptions<Client>, 'create' | 'destroy'>> = {},
): SpeechToText & { readonly pool: ConnectionPool<Client> } {
  const pool = createConnectionPool<Client>({
    name: 'speech-to-text',
    ...options,
    create: async () => open(),
    destroy: (client) => client.close(),
  });
  return {
    pool,
    transcribe: (audio, transcribe) =>
      pool.use((client) => client.transcribe(audio, transcribe), { signal: transcribe.signal }),
  };
}
