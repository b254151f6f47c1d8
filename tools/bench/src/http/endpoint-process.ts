import { startRestEndpoint, type RestEndpoint } from '@switchyard/local-redis';
import { answerWith } from '../answering.js';
import type { Place } from './contender.js';
import { startSlowRelay } from './slow-relay.js';

// The program of the REST endpoint's own process, so that it shares no event loop with who asks it.

/** What the benchmark asks of it, by name. */
export interface EndpointOperations {
  /** First, and once. */
  start: { args: { redisUrl: string; slowMs: number }; answer: Place };
  /** HTTP requests so far. */
  countRequests: { args: Record<string, never>; answer: number };
  /** Adds the latency to every request, or no longer does. */
  setSlow: { args: { isSlow: boolean }; answer: void };
}

let endpoint: RestEndpoint | undefined;
let latencyMs = 0;

function started(): RestEndpoint {
  if (!endpoint) throw new Error('not started');
  return endpoint;
}

answerWith<EndpointOperations>({
  async start({ redisUrl, slowMs }) {
    latencyMs = slowMs;
    endpoint = await startRestEndpoint({ redisUrl });
    const slowTcpUrl = await startSlowRelay(redisUrl, slowMs);
    return { url: endpoint.url, token: endpoint.token, tcpUrl: redisUrl, slowTcpUrl };
  },
  async countRequests() {
    return started().requests;
  },
  async setSlow({ isSlow }) {
    started().setFaults(isSlow ? { latencyMs } : {});
  },
});
