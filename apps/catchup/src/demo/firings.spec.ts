import { takeAccount } from './account.js';
import { dueFirings, firingId, slotOfFiring } from './firings.js';

const schedule = { queue: 'webhook-health-check', everyMs: 4000, firstSlotMs: 1_700_000_004_000 };
const slot = (n: number) => schedule.firstSlotMs + n * schedule.everyMs;
const attempt = (slotMs: number) => ({ queue: schedule.queue, jobId: firingId(slotMs), succeeded: true });

test('reads the slot from the id that either engine gives a firing', () => {
  expect(slotOfFiring('repeat:5ab1e:1700000004000')).toBe(1_700_000_004_000);
  expect(slotOfFiring('repeat:check:every day:1700000004000')).toBe(1_700_000_004_000);
  expect(slotOfFiring('42')).toBeNull();
  expect(slotOfFiring('contacts:user-7')).toBeNull();
});

const due = (
  served: { fromMs: number; untilMs: number },
  fired: number[] = [],
  startMs = (n: number) => slot(n) + 10,
) =>
  dueFirings(schedule, served, new Map(fired.map((n) => [firingId(slot(n)), startMs(n)]))).map(
    ({ id }) => id,
  );
const ids = (...slots: number[]) => slots.map((n) => firingId(slot(n)));

test('wants every slot while somebody worked, and the one that was pending before', () => {
  expect(due({ fromMs: slot(2) + 100, untilMs: slot(6) })).toEqual(ids(0, 3, 4, 5));
});

test('wants every slot of a worker that was there from the start', () => {
  expect(due({ fromMs: slot(-1), untilMs: slot(2) })).toEqual(ids(0, 1));
});

test('firings at the rims need not be there, but count when they are', () => {
  const served = { fromMs: slot(2) + 100, untilMs: slot(4) + 200 };
  expect(due(served)).toEqual(ids(0, 3));
  expect(due(served, [2, 4])).toEqual(ids(0, 2, 3, 4));
});

test('a slot that passes while the firing before it still waits is skipped by every engine, and only that one', () => {
  const served = { fromMs: slot(-1), untilMs: slot(5) };
  const late = (n: number) => (n === 1 ? slot(2) + 500 : slot(n) + 10);
  expect(due(served, [0, 1, 3], late)).toEqual(ids(0, 1, 3, 4));
  expect(due(served, [0, 1, 3])).toEqual(ids(0, 1, 2, 3, 4));
});

test('a slot that never fired is lost, one that fired on both engines is doubled', () => {
  const fired = [attempt(slot(0)), attempt(slot(1)), attempt(slot(1))];
  const served = { fromMs: slot(-1), untilMs: slot(3) };
  const accepted = dueFirings(schedule, served, new Map(fired.map(({ jobId }) => [jobId, 0])));
  const { total } = takeAccount({ accepted, attempts: fired, stored: [] });
  expect(total).toMatchObject({ accepted: 3, completed: 2, lost: 1, doubled: 1 });
});
