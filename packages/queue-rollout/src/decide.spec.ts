import fc from 'fast-check';
import {
  decide,
  getsAdds,
  isOpen,
  phaseOf,
  type Action,
  type Contact,
  type QueueObservation,
} from './decide.js';
import { homeSide, otherSide, type Side } from './route.js';
import { SIDES } from './sides.js';

const share = fc.constantFrom(0, 25, 100);
const perSide = fc.record({ legacy: fc.boolean(), target: fc.boolean() });
const contact = fc.constantFrom<Contact>('asked', 'unasked', 'away');
const observation: fc.Arbitrary<QueueObservation> = fc.record({
  targetShare: share,
  hasHandlers: fc.boolean(),
  contact: fc.record({ legacy: contact, target: contact }),
  hasWork: perSide,
  consuming: perSide,
  owesPause: perSide,
  schedulesAstray: fc.boolean(),
});
const bothAsked = { legacy: 'asked', target: 'asked' } as const;
const seesAll = observation.map((seen) => ({ ...seen, contact: bothAsked }));
const nothingOwed = { legacy: false, target: false };

test.each([
  [0, true, false],
  [0.1, true, true],
  [99.9, true, true],
  [100, false, true],
])('at %d %%, adds go to legacy: %s, to the target: %s', (targetShare, legacy, target) => {
  expect([getsAdds('legacy', targetShare), getsAdds('target', targetShare)]).toEqual([legacy, target]);
});

function consumedAfter(seen: QueueObservation): Record<Side, boolean> {
  const consuming = { ...seen.consuming };
  for (const action of decide(seen)) {
    if (action.type === 'start-consumer') consuming[action.side] = true;
    if (action.type === 'stop-consumer') consuming[action.side] = false;
  }
  return consuming;
}

describe('one decision', () => {
  test('leaves no side unconsumed that gets adds or holds work, and none consumed that does neither', () => {
    fc.assert(
      fc.property(seesAll, (seen) => {
        if (!seen.hasHandlers) return;
        expect(consumedAfter(seen)).toEqual({
          legacy: isOpen('legacy', seen),
          target: isOpen('target', seen),
        });
      }),
    );
  });

  test('an engine that is away keeps no job of the other waiting, and has no consumer started itself', () => {
    fc.assert(
      fc.property(observation, fc.constantFrom(...SIDES), (seen, side) => {
        const other = otherSide(side);
        if (!seen.hasHandlers) return;
        const gone = {
          ...seen,
          contact: { ...seen.contact, [side]: 'away' as const, [other]: 'asked' as const },
        };
        expect(consumedAfter(gone)[other]).toBe(isOpen(other, gone));
        expect(
          decide(gone).filter(({ type }) => type === 'carry-pause' || type === 'bring-schedules-home'),
        ).toEqual([]);
        expect(decide(gone)).not.toContainEqual(expect.objectContaining({ type: 'start-consumer', side }));
      }),
    );
  });

  test('a side that gets adds waits for one that has not answered yet; a backlog waits for nobody', () => {
    const seen = {
      targetShare: 100,
      hasHandlers: true,
      contact: { legacy: 'unasked', target: 'asked' },
      hasWork: { legacy: true, target: true },
      consuming: { legacy: true, target: false },
      owesPause: nothingOwed,
      schedulesAstray: false,
    } as const;
    expect(decide(seen)).toEqual([]);
    expect(decide({ ...seen, targetShare: 0, consuming: nothingOwed })).toEqual([
      { type: 'start-consumer', side: 'target', owesPause: false },
    ]);
  });

  test('the pause that nobody could be asked for is carried when somebody can, though the side is consumed', () => {
    const away = {
      targetShare: 100,
      hasHandlers: true,
      contact: { legacy: 'away', target: 'asked' },
      hasWork: { legacy: true, target: false },
      consuming: { legacy: true, target: false },
      owesPause: nothingOwed,
      schedulesAstray: false,
    } as const;
    expect(decide(away)).toEqual([{ type: 'start-consumer', side: 'target', owesPause: true }]);
    const started = {
      ...away,
      consuming: { legacy: true, target: true },
      owesPause: { legacy: false, target: true },
    };
    expect(decide(started)).toEqual([]);
    expect(decide({ ...started, contact: bothAsked })).toEqual([
      { type: 'carry-pause', from: 'legacy', to: 'target' },
    ]);
  });

  test('a process without handlers does nothing', () => {
    fc.assert(
      fc.property(observation, (seen) => {
        expect(decide({ ...seen, hasHandlers: false })).toEqual([]);
      }),
    );
  });

  test('consumers start before schedules come home, and stop after', () => {
    fc.assert(
      fc.property(observation, (seen) => {
        const order = [
          'drop-pause',
          'carry-pause',
          'start-consumer',
          'bring-schedules-home',
          'stop-consumer',
        ];
        const ranks = decide(seen).map(({ type }) => Math.max(2, order.indexOf(type)));
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
      }),
    );
  });

  test('a pause is carried to a side that opens beside one that holds the jobs, before it is consumed', () => {
    const actions = decide({
      targetShare: 100,
      hasHandlers: true,
      contact: bothAsked,
      hasWork: { legacy: true, target: false },
      consuming: { legacy: true, target: false },
      owesPause: nothingOwed,
      schedulesAstray: false,
    });
    expect(actions).toEqual([
      { type: 'carry-pause', from: 'legacy', to: 'target' },
      { type: 'start-consumer', side: 'target', owesPause: false },
    ]);
  });
});

const none = { legacy: false, target: false };
test.each([
  ['to a side where jobs are already', 100, { legacy: true, target: true }, none, ['target']],
  ['from a side that is consumed and empty', 100, none, { legacy: true, target: false }, ['target']],
  ['from an old queue that nobody has anything in just now', 100, none, none, ['target']],
  ['not from a target that is not in use yet', 0, none, none, []],
  ['back', 0, { legacy: false, target: true }, { legacy: false, target: true }, ['legacy']],
  [
    'not to a side that is only drained',
    100,
    { legacy: true, target: true },
    { legacy: false, target: true },
    [],
  ],
  ['both ways while both get adds', 50, { legacy: true, target: true }, none, ['legacy', 'target']],
] as const)('a pause is carried %s', (_, targetShare, hasWork, consuming, expected) => {
  const actions = decide({
    targetShare,
    hasHandlers: true,
    contact: bothAsked,
    hasWork,
    consuming,
    owesPause: nothingOwed,
    schedulesAstray: false,
  });
  expect(actions.flatMap((action) => (action.type === 'carry-pause' ? [action.to] : []))).toEqual(expected);
});

test.each([
  [0, false, false, 'legacy'],
  [0, true, true, 'draining-target'],
  [25, true, true, 'canary'],
  [100, true, true, 'draining-legacy'],
  [100, false, true, 'target'],
] as const)(
  'at %i %%, legacy holding work %s and target %s, the phase is %s',
  (targetShare, legacy, target, phase) => {
    expect(phaseOf({ targetShare, hasWork: { legacy, target } })).toBe(phase);
  },
);

/**
 * A world of one queue, two engines and two processes of the app, in which anything happens in any order: flags
 * change in one process and not yet in the other, code that never heard of the switch adds to legacy, processes die
 * in the middle of what was decided, jobs take their time.
 */
interface Place {
  jobs: number;
  schedule: 'none' | 'active' | 'suspended';
  /** Its engine cannot be asked. What it holds stays, and runs nowhere. */
  isAway: boolean;
}

interface Instance {
  targetShare: number;
  consuming: Record<Side, boolean>;
  owesPause: Record<Side, boolean>;
}

class World {
  readonly places: Record<Side, Place>;
  readonly instances: Instance[];
  constructor(schedule: Side) {
    this.places = {
      legacy: { jobs: 0, schedule: 'none', isAway: false },
      target: { jobs: 0, schedule: 'none', isAway: false },
    };
    this.places[schedule].schedule = 'active';
    this.instances = [0, 1].map(() => ({
      targetShare: 0,
      consuming: { legacy: false, target: false },
      owesPause: { legacy: false, target: false },
    }));
  }

  observe({ targetShare, consuming, owesPause }: Instance): QueueObservation {
    const { legacy, target } = this.places;
    const holds = ({ jobs, schedule, isAway }: Place): boolean => isAway || jobs > 0 || schedule !== 'none';
    const contactOf = ({ isAway }: Place): Contact => (isAway ? 'away' : 'asked');
    const home = homeSide(targetShare);
    const astray =
      this.places[otherSide(home)].schedule !== 'none' || this.places[home].schedule === 'suspended';
    return {
      targetShare,
      hasHandlers: true,
      contact: { legacy: contactOf(legacy), target: contactOf(target) },
      hasWork: { legacy: holds(legacy), target: holds(target) },
      consuming,
      owesPause,
      schedulesAstray: astray,
    };
  }

  /** Carries out one action; `diesAt` is how many of a move's three steps happen. */
  carryOut(instance: Instance, action: Action, diesAt = 3): void {
    if (action.type === 'carry-pause') instance.owesPause[action.to] = false;
    if (action.type === 'drop-pause') instance.owesPause[action.side] = false;
    if (action.type === 'start-consumer') {
      instance.consuming[action.side] = true;
      instance.owesPause[action.side] ||= action.owesPause;
    }
    if (action.type === 'stop-consumer') {
      instance.consuming[action.side] = false;
      instance.owesPause[action.side] = false;
    }
    if (action.type === 'bring-schedules-home') this.bringHome(action.home, diesAt);
  }

  bringHome(homeName: Side, diesAt: number): void {
    const home = this.places[homeName];
    const away = this.places[otherSide(homeName)];
    if (home.schedule === 'suspended') home.schedule = away.schedule === 'active' ? 'none' : 'active';
    if (away.schedule === 'none' || diesAt < 1) return;
    away.schedule = 'suspended';
    if (diesAt < 2) return;
    home.schedule = 'active';
    if (diesAt < 3) return;
    away.schedule = 'none';
  }

  tick(instance: Instance, diesAfter = Infinity, diesAt = 3): void {
    for (const [index, action] of decide(this.observe(instance)).entries()) {
      if (index >= diesAfter) {
        this.carryOut(instance, action, diesAt);
        instance.consuming = { legacy: false, target: false };
        instance.owesPause = { legacy: false, target: false };
        return;
      }
      this.carryOut(instance, action);
    }
  }

  work(): void {
    for (const side of SIDES) {
      if (this.places[side].isAway) continue;
      if (this.instances.some(({ consuming }) => consuming[side])) {
        this.places[side].jobs = Math.max(0, this.places[side].jobs - 1);
      }
    }
  }
}

type Event = (world: World) => void;
const which = fc.integer({ min: 0, max: 1 });
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.tuple(which, share).map(
    ([i, targetShare]): Event =>
      (world) =>
        void (world.instances[i]!.targetShare = targetShare),
  ),
  which.map(
    (i): Event =>
      (world) =>
        world.tick(world.instances[i]!),
  ),
  fc.tuple(which, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 })).map(
    ([i, after, at]): Event =>
      (world) =>
        world.tick(world.instances[i]!, after, at),
  ),
  fc.constantFrom(...SIDES).map(
    (side): Event =>
      (world) =>
        void (world.places[side].jobs += 1),
  ),
  fc.tuple(fc.constantFrom(...SIDES), fc.boolean()).map(
    ([side, isAway]): Event =>
      (world) =>
        void (world.places[side].isAway = isAway),
  ),
  fc.constant<Event>((world) => world.work()),
);

test('from any state, after any history, it converges: no job left, one schedule, at home, only what is needed consumed', () => {
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 40 }),
      share,
      fc.constantFrom(...SIDES),
      fc.constantFrom(...SIDES),
      (history, finalShare, scheduleStartsOn, dead) => {
        const world = new World(scheduleStartsOn);
        for (const happen of history) {
          happen(world);
          const schedules = SIDES.map((side) => world.places[side].schedule);
          expect(schedules).not.toEqual(['none', 'none']); // never lost
          expect(schedules).not.toEqual(['active', 'active']); // never firing twice
        }
        for (const instance of world.instances) instance.targetShare = finalShare;
        // As long as one engine is away, the other is served as if nothing were.
        world.places[dead].isAway = true;
        const living = otherSide(dead);
        world.places[living].isAway = false;
        for (let round = 0; round < 60; round += 1) {
          for (const instance of world.instances) world.tick(instance);
          world.work();
        }
        expect(world.places[living].jobs).toBe(0);
        for (const instance of world.instances) {
          expect(instance.consuming[living]).toBe(isOpen(living, world.observe(instance)));
        }
        world.places[dead].isAway = false;
        for (let round = 0; round < 60; round += 1) {
          for (const instance of world.instances) world.tick(instance);
          world.work();
        }
        for (const instance of world.instances) world.tick(instance);

        const home = homeSide(finalShare);
        expect(world.places[home].schedule).toBe('active');
        expect(world.places[otherSide(home)].schedule).toBe('none');
        expect(SIDES.map((side) => world.places[side].jobs)).toEqual([0, 0]);
        for (const instance of world.instances) {
          const seen = world.observe(instance);
          expect(decide(seen)).toEqual([]);
          for (const side of SIDES) expect(instance.consuming[side]).toBe(isOpen(side, seen));
          expect(instance.owesPause).toEqual(nothingOwed);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
