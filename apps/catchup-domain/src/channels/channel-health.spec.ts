import fc from 'fast-check';
import type { SyncRun } from '@switchyard/catchup-data';
import { DEFAULT_CHANNEL_HEALTH_LIMITS as limits, judgeChannel } from './channel-health.js';

const OPENED = new Date('2026-03-02T12:00:00Z');
const hours = (count: number) => new Date(OPENED.getTime() + count * 3_600_000);
const run = (at: Date, changes = 0): SyncRun => ({ at: at.toISOString(), changes });
const channel = (lastNotifiedAt: Date | null = OPENED) => ({
  createdAt: OPENED,
  lastNotifiedAt,
  lastMessageNumber: lastNotifiedAt ? 7 : 0,
});
const kinds = (...judged: Parameters<typeof judgeChannel>) =>
  judgeChannel(...judged).reasons.map(({ kind }) => kind);

test('polls that found changes in silence degrade it, and it is said since when', () => {
  const runs = [run(hours(1)), run(hours(2), 3), run(hours(3)), run(hours(4), 1)];
  expect(judgeChannel(channel(), runs, hours(5))).toEqual({
    state: 'degraded',
    reasons: [{ kind: 'missed-changes', polls: 2, since: hours(2).toISOString() }],
  });
});

test.each([
  ['nothing changed', [run(hours(1)), run(hours(2)), run(hours(3))]],
  ['one poll may be chance', [run(hours(1)), run(hours(2), 5)]],
  ['what the first poll found may be older than the channel', [run(hours(1), 9), run(hours(2), 5)]],
  [
    'what came up before it was open',
    [run(hours(-3)), run(hours(-2), 5), run(hours(-1), 5), run(hours(1), 5)],
  ],
  ['its messages may be on their way', [run(hours(3)), run(hours(3.5), 2), run(hours(4.99), 2)]],
])('it stays healthy: %s', (_, runs) => {
  expect(judgeChannel(channel(), runs, hours(5))).toEqual({ state: 'healthy', reasons: [] });
});

test('a message puts everything before it right', () => {
  const runs = [run(hours(1)), run(hours(2), 3), run(hours(4), 1), run(hours(6), 1)];
  expect(kinds(channel(), runs, hours(9))).toEqual(['missed-changes']);
  expect(kinds(channel(hours(5)), runs, hours(9))).toEqual([]);
});

test('without its first message it never worked', () => {
  const graceMs = limits.greetingSeconds * 1000;
  const after = (ms: number) => new Date(OPENED.getTime() + ms);
  expect(kinds(channel(null), [], after(graceMs - 1))).toEqual([]);
  expect(kinds(channel(null), [], after(graceMs))).toEqual(['never-greeted']);
  expect(kinds(channel(OPENED), [], after(graceMs))).toEqual([]);
});

test('a push for each change keeps it healthy, whenever it is polled', () => {
  const steps = fc.array(
    fc.record({ afterSeconds: fc.integer({ min: 1, max: 90_000 }), changes: fc.nat(3) }),
    {
      maxLength: 40,
    },
  );
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 1_000_000 }), (polls, laterSeconds) => {
      let at = OPENED.getTime();
      let lastNotifiedAt: Date | null = OPENED;
      const runs = [run(OPENED)];
      for (const { afterSeconds, changes } of polls) {
        // Told of after the poll before, as the change happened after it.
        if (changes > 0) lastNotifiedAt = new Date(at + 1);
        at += afterSeconds * 1000;
        runs.push(run(new Date(at), changes));
      }
      expect(kinds(channel(lastNotifiedAt), runs, new Date(at + laterSeconds * 1000))).toEqual([]);
    }),
  );
});

test('time alone makes nothing of silence, and never heals it', () => {
  const runs = [run(hours(1)), run(hours(2), 1), run(hours(3), 1)];
  let wasDegraded = false;
  for (let hour = 3; hour < 100; hour++) {
    const isDegraded = kinds(channel(), runs, hours(hour)).length > 0;
    expect(isDegraded || !wasDegraded).toBe(true);
    expect(kinds(channel(), runs.slice(0, 1), hours(hour))).toEqual([]);
    wasDegraded = isDegraded;
  }
  expect(wasDegraded).toBe(true);
});
