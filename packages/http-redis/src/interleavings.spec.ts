import fc from 'fast-check';
import {
  behaves,
  cutsShort,
  html,
  json,
  resets,
  startMisbehavingServer,
  type Behaviour,
} from './spec-support/misbehaving-server.js';
import { createSpecClient } from './spec-support/spec-client.js';

interface Ask {
  readonly kind: 'read' | 'write' | 'safe write' | 'transaction';
  readonly orderKey: 'a' | 'b' | undefined;
  /** Turns of the event loop before it is made. */
  readonly turns: number;
}

const slowly =
  (turns: number): Behaviour =>
  (response, request) => {
    if (turns === 0) behaves(response, request);
    else setImmediate(() => slowly(turns - 1)(response, request));
  };

const BEHAVIOURS = {
  slowly: slowly(20),
  'not now': json(429, { error: 'ERR later' }),
  'server error': html(502),
  'cut short': cutsShort,
  reset: resets,
} satisfies Record<string, Behaviour>;

const ask: fc.Arbitrary<Ask> = fc.record({
  kind: fc.constantFrom('read', 'write', 'safe write', 'transaction'),
  orderKey: fc.constantFrom('a', 'b', undefined),
  turns: fc.nat(6),
});
const behaviour = fc.option(fc.constantFrom(...(Object.keys(BEHAVIOURS) as (keyof typeof BEHAVIOURS)[])), {
  nil: 'well' as const,
});

test('whatever is asked and however it is answered: every call ends once, no write is repeated, lines keep order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(ask, { minLength: 1, maxLength: 25 }),
      fc.array(behaviour, { maxLength: 25 }),
      async (asks, behaviours) => {
        const server = await startMisbehavingServer();
        const redis = createSpecClient({
          url: server.url,
          circuit: { failures: 1000 },
          maxCommandsPerRequest: 4,
          maxRequests: 3,
        });
        server.next(...behaviours.map((name) => (name === 'well' ? behaves : BEHAVIOURS[name])));

        const made: number[] = [];
        const ends = await Promise.allSettled(
          asks.map(async ({ kind, orderKey, turns }, n) => {
            for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
            made.push(n);
            const key = `k${n}`;
            const options = { orderKey };
            if (kind === 'read') return redis.get(key, options);
            if (kind === 'transaction') return redis.transaction([['SET', key, n]], options);
            return redis.set(key, n, { ...options, isSafeToRepeat: kind === 'safe write' });
          }),
        );

        const arrivals = asks.map((_, n) =>
          server.requests.flatMap(({ commands }, at) =>
            commands.some(([, key]) => key === `k${n}`) ? [at] : [],
          ),
        );
        for (const [n, { kind }] of asks.entries()) {
          const uncertain = (arrivals[n] ?? []).filter((at) => behaviours[at] !== 'not now');
          if (kind === 'write' || kind === 'transaction') expect(uncertain.length).toBeLessThanOrEqual(1);
          const isFulfilled = ends[n]?.status === 'fulfilled';
          if (isFulfilled) expect(arrivals[n]?.length).toBeGreaterThan(0);
        }
        for (const { commands } of server.requests) {
          const places = commands.map(([, key]) => made.indexOf(Number(key?.slice(1))));
          const inLine = (line: string) =>
            places.filter((place) => asks[made[place] ?? -1]?.orderKey === line);
          for (const line of ['a', 'b']) expect(inLine(line)).toEqual(inLine(line).sort((a, b) => a - b));
        }
        for (const [place, n] of made.entries()) {
          const line = asks[n]?.orderKey;
          if (line === undefined) continue;
          for (const later of made.slice(place + 1).filter((each) => asks[each]?.orderKey === line)) {
            for (const at of arrivals[later] ?? []) {
              // Whoever is repeated after that was in that request as well, and failed with it.
              const isRepeated = (arrivals[n] ?? []).some((each) => each > at);
              if (isRepeated) expect(arrivals[n]).toContain(at);
            }
          }
        }
        await redis.close();
        await server.stop();
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
