import type { ReportedAttempt, ReportedJob } from './catchup-messages.js';
import { createLedger } from './ledger.js';

const QUEUE = 'webhook-health-check';
const FIRST_SLOT_MS = 1_700_000_004_000;
const slot = (n: number) => FIRST_SLOT_MS + 4000 * n;
const attempt = (jobId: string, scheduleId: string | null = null): ReportedAttempt => ({
  queue: QUEUE,
  jobId,
  engine: 'bull',
  succeeded: true,
  scheduleId,
  startedAtMs: 0,
});
const stored = (id: string, scheduleId: string | null = null): ReportedJob => ({
  queue: QUEUE,
  id,
  engine: 'bull',
  state: 'completed',
  scheduleId,
});

function ledgerWithSchedule(clock: { nowMs: number }) {
  const ledger = createLedger(() => clock.nowMs);
  ledger.watch({ queue: QUEUE, everyMs: 4000, firstSlotMs: slot(0) });
  return ledger;
}

test('counts while it runs, whichever message comes first', () => {
  const ledger = createLedger();
  ledger.attempt([attempt('1')]);
  ledger.accept([
    { queue: QUEUE, id: '1', meant: 'complete', calls: 1 },
    { queue: QUEUE, id: '2', meant: 'complete', calls: 1 },
  ]);
  expect(ledger.interim().total).toMatchObject({ accepted: 2, completed: 1, pending: 1 });
});

test('a schedule that fired once in every slot, on whichever engine, is in order', () => {
  const clock = { nowMs: slot(0) + 10 };
  const ledger = ledgerWithSchedule(clock);
  const ids = [`repeat:5ab1e:${slot(0)}`, `repeat:check:${slot(1)}`, `repeat:check:${slot(2)}`];
  ledger.attempt([attempt(ids[0] ?? '', 'check')]);
  ledger.attempt([attempt(ids[1] ?? '', 'check'), attempt(ids[2] ?? '', 'check')]);
  expect(ledger.interim().total.accepted).toBe(0);
  const account = ledger.final(
    ids.map((id) => stored(id, 'check')),
    slot(2) + 2000,
  );
  expect(account.total).toMatchObject({ accepted: 3, completed: 3, lost: 0, doubled: 0 });
  expect(account.problems).toEqual([]);
});

test('a slot that nobody fired is lost, one fired by both engines is doubled', () => {
  const clock = { nowMs: slot(0) + 10 };
  const ledger = ledgerWithSchedule(clock);
  ledger.attempt([attempt(`repeat:5ab1e:${slot(0)}`, 'check')]);
  ledger.attempt([attempt(`repeat:5ab1e:${slot(2)}`, 'check'), attempt(`repeat:check:${slot(2)}`, 'check')]);
  const { total, problems } = ledger.final([], slot(2) + 2000);
  expect(total).toMatchObject({ accepted: 3, completed: 2, lost: 1, doubled: 1 });
  expect(problems).toHaveLength(2);
});

test('a firing whose id tells no slot is not passed over', () => {
  const ledger = ledgerWithSchedule({ nowMs: slot(0) });
  ledger.attempt([attempt('what?', 'check')]);
  expect(ledger.final([], slot(0)).problems).toContainEqual(expect.stringContaining('never added'));
});

test('knows when a schedule fired last', () => {
  const clock = { nowMs: slot(0) + 10 };
  const ledger = ledgerWithSchedule(clock);
  expect(ledger.lastFiringSeenAtMs(QUEUE)).toBeNull();
  ledger.attempt([attempt(`repeat:5ab1e:${slot(0)}`, 'check')]);
  clock.nowMs = slot(1) + 20;
  ledger.attempt([attempt(`repeat:5ab1e:${slot(1)}`, 'check')]);
  expect(ledger.lastFiringSeenAtMs(QUEUE)).toBe(slot(1) + 20);
});
