import fc from 'fast-check';
import { createConnectionPool } from './connection-pool.js';
import { PoolError } from './pool-errors.js';

interface Line {
  isEnded: boolean;
  isLent: boolean;
}

const MAX = 3;
const NEVER_MS = 2 ** 31 - 1;
const STEPS = [
  'acquire',
  'acquire',
  'acquire',
  'release',
  'release',
  'release broken',
  'abort',
  'break',
  'fail',
  'drain',
  'blink',
  'blink',
  'blink',
  'tick',
  'tick',
] as const;
const histories = fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.nat({ max: 9 })), { maxLength: 40 });
const checks = fc.constantFrom(0, 60_000);
const CALLED_OFF_WHILE_CHECKED: [(typeof STEPS)[number], number][] = [
  ['acquire', 0],
  ['tick', 0],
  ['release', 0],
  ['acquire', 0],
  ['blink', 0],
  ['blink', 0],
];

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

test('never more than allowed, never one for two, nothing lost, and in the end all are ended, in any order of events', async () => {
  await fc.assert(
    fc.asyncProperty(histories, checks, async (history, checkAfterMs) => {
      const made: Line[] = [];
      const held: Line[] = [];
      const aborts: AbortController[] = [];
      const asked: Promise<void>[] = [];
      let mayFail = 0;
      const pool = createConnectionPool<Line>({
        name: 'lines',
        max: MAX,
        maxWaiting: 5,
        checkAfterMs,
        create: async () => {
          await tick();
          if (mayFail > 0) {
            mayFail--;
            throw new Error('no line');
          }
          const line = { isEnded: false, isLent: false };
          made.push(line);
          expect(made.filter(({ isEnded }) => !isEnded).length).toBeLessThanOrEqual(MAX);
          return line;
        },
        destroy: async (line) => {
          line.isEnded = true;
        },
        check: async (line) => {
          await tick();
          if (broken.has(line)) throw new Error('broken');
        },
      });
      const broken = new Set<Line>();

      for (const [step, pick] of history) {
        if (step === 'acquire') {
          const stop = new AbortController();
          aborts.push(stop);
          asked.push(
            pool.acquire({ signal: stop.signal }).then(
              (line) => {
                expect(line).toMatchObject({ isLent: false, isEnded: false });
                line.isLent = true;
                held.push(line);
              },
              (error: unknown) => expect(stop.signal.aborted || error instanceof PoolError).toBe(true),
            ),
          );
        } else if (step === 'abort') aborts.at(pick % Math.max(1, aborts.length))?.abort();
        else if (step === 'fail') mayFail++;
        else if (step === 'tick') await tick();
        else if (step === 'blink') await Promise.resolve();
        else if (step === 'drain') void pool.drain({ timeoutMs: NEVER_MS });
        else {
          const [line] = held.splice(pick % Math.max(1, held.length), 1);
          if (!line) continue;
          if (step === 'break') broken.add(line);
          line.isLent = false;
          pool.release(line, step === 'release broken');
        }
      }
      // All that is lent comes back, so that there is nothing to wait for in vain.
      const drained = pool.drain({ timeoutMs: NEVER_MS });
      for (let settled = false; !settled; await tick()) {
        for (const line of held.splice(0)) {
          line.isLent = false;
          pool.release(line);
        }
        settled = await Promise.race([drained.then(() => true), tick().then(() => false)]);
      }
      await Promise.all(asked);
      expect(await drained).toEqual({ abandoned: 0 });
      expect(made.filter(({ isEnded }) => !isEnded)).toEqual([]);
      expect(pool.stats().totals).toMatchObject({ created: made.length, destroyed: made.length });
    }),
    {
      numRuns: 300,
      examples: [
        // Called off in the moment that its check is over.
        [CALLED_OFF_WHILE_CHECKED, 60_000],
      ],
    },
  );
});
