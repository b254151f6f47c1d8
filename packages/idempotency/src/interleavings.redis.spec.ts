import type { HttpRedis } from '@switchyard/http-redis';
import fc from 'fast-check';
import {
  ClaimLostError,
  ClaimSettledError,
  createIdempotency,
  type Claim,
  type Idempotency,
} from './index.js';
import { claimed, rejection, startLab, type Lab } from './spec-support/lab.js';

const CLAIMANTS = 3;
const RUNS = 300;

const STEPS = {
  claim: 4,
  complete: 2,
  expiry: 3,
  release: 1,
  renew: 1,
  crash: 1,
  'claim unanswered': 1,
  'complete unanswered': 1,
} as const;
type Step = keyof typeof STEPS;

interface Move {
  readonly who: number;
  readonly step: Step;
}

/** A claim that a claimant got. */
interface Hand {
  readonly claim: Claim;
  isSettled: boolean;
}

/** What Redis must hold. A claim that its claimant was not told of has no hand. */
type Held =
  | { readonly state: 'free' }
  | { readonly state: 'claimed'; readonly hand: Hand }
  | { readonly state: 'claimed'; readonly untold: Idempotency }
  | { readonly state: 'ended'; readonly hand: Hand; readonly result: unknown };

let lab: Lab;
let clients: readonly HttpRedis[];
let runs = 0;

beforeAll(async () => {
  lab = await startLab();
  const options = { retry: 'none', circuit: { failures: 1_000_000 } } as const;
  clients = Array.from({ length: CLAIMANTS }, () => lab.openRedis(options));
});
afterAll(() => lab.stop());

const steps = Object.entries(STEPS).map(([step, weight]) => ({
  weight,
  arbitrary: fc.constant(step as Step),
}));
const histories = fc.array(
  fc.record<Move>({ who: fc.nat({ max: CLAIMANTS - 1 }), step: fc.oneof(...steps) }),
  { minLength: 1, maxLength: 25 },
);

/**
 * Every request is one atomic step in Redis, so histories of single steps are all the interleavings there are. A lease
 * runs out when `expiry` says so; a window does not.
 */
async function play(history: readonly Move[]): Promise<void> {
  const key = `history-${runs++}`;
  const processes = clients.map((redis) => ({
    idempotency: createIdempotency({ redis }),
    hands: [] as Hand[],
  }));
  const endedBy = new Set<Hand>();
  let held: Held = { state: 'free' };

  for (const [at, { who, step }] of history.entries()) {
    const self = processes[who] as (typeof processes)[number];
    // The oldest: those who come late are those that matter.
    const hand = self.hands.find(({ isSettled }) => !isSettled);
    const isMine = 'hand' in held && held.hand === hand;
    const mayEnd = held.state === 'free' || isMine;

    if (step === 'claim') {
      const outcome = await self.idempotency.claim(key);
      const mayHave = held.state === 'free' || ('untold' in held && held.untold === self.idempotency);
      if (mayHave) {
        const got = { claim: claimed(outcome), isSettled: false };
        self.hands.push(got);
        held = { state: 'claimed', hand: got };
      } else if (held.state === 'ended') {
        expect(outcome).toEqual({ state: 'done', result: held.result });
      } else {
        expect(outcome.state).toBe('in-progress');
      }
    } else if (step === 'claim unanswered') {
      await lab.withoutAnswers(() => rejection(self.idempotency.claim(key)));
      if (held.state === 'free') held = { state: 'claimed', untold: self.idempotency };
    } else if (step === 'crash') {
      self.hands = [];
      self.idempotency = createIdempotency({ redis: clients[who] as HttpRedis });
    } else if (step === 'expiry') {
      if (held.state !== 'claimed') continue;
      await lab.expire(key);
      held = { state: 'free' };
    } else if (hand && step === 'complete unanswered') {
      await lab.withoutAnswers(() => rejection(hand.claim.complete(at)));
      // Whoever is not told may ask again, so the hand stays open.
      if (mayEnd) held = { state: 'ended', hand, result: at };
    } else if (hand && step === 'complete') {
      if (mayEnd) {
        await hand.claim.complete(at);
        hand.isSettled = true;
        held = { state: 'ended', hand, result: at };
      } else {
        expect(await rejection(hand.claim.complete(at))).toBeInstanceOf(ClaimLostError);
      }
    } else if (hand && step === 'renew') {
      if (isMine && held.state === 'claimed') await hand.claim.renew();
      else expect(await rejection(hand.claim.renew())).toBeInstanceOf(ClaimLostError);
    } else if (hand && step === 'release') {
      const mayRelease = isMine && held.state === 'claimed';
      expect(await hand.claim.release()).toBe(mayRelease);
      if (!mayRelease) continue;
      hand.isSettled = true;
      held = { state: 'free' };
      expect(await rejection(hand.claim.complete(at))).toBeInstanceOf(ClaimSettledError);
    }
    if (held.state === 'ended') endedBy.add(held.hand);
  }
  expect(endedBy.size).toBeLessThanOrEqual(1);
}

/** First of all: Redis has not seen any of the scripts by then. */
const UNANSWERED_FROM_THE_START: Move[] = [
  { who: 0, step: 'claim' },
  { who: 0, step: 'complete unanswered' },
  { who: 1, step: 'claim' },
];

test('no two hold a key within a lease, and no two completions are accepted, in any history', async () => {
  const examples: [Move[]][] = [[UNANSWERED_FROM_THE_START]];
  await fc.assert(fc.asyncProperty(histories, play), { numRuns: RUNS, examples });
});
