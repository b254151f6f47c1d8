import { createDrainedNotice } from './drained-notice.js';
import type { Side } from './route.js';

/** Sides with jobs that wait, as each look finds them. */
function withWaiting() {
  const waiting = new Set<Side>();
  const notice = createDrainedNotice(async (side) => ![...waiting].some((other) => other !== side));
  return { waiting, notice };
}

test('it is due when nothing waits on the other side', async () => {
  const { waiting, notice } = withWaiting();
  waiting.add('target');
  expect(await notice.isDue('legacy')).toBe(false);
  waiting.clear();
  expect(await notice.isDue('legacy')).toBe(true);
});

test('it is due once when both sides say it together, at the same moment or one after the other', async () => {
  const { notice } = withWaiting();
  expect(await Promise.all([notice.isDue('legacy'), notice.isDue('target')])).toEqual([true, false]);
  expect(await notice.isDue('target')).toBe(false);
});

test('it is due again when there were jobs since', async () => {
  const { notice } = withWaiting();
  expect(await notice.isDue('legacy')).toBe(true);
  notice.hasJobs();
  expect(await notice.isDue('target')).toBe(true);
});

test('it is due again some time later, be it that nobody heard of the jobs', async () => {
  const { notice } = withWaiting();
  expect(await notice.isDue('legacy')).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 1050));
  expect(await notice.isDue('target')).toBe(true);
});

test('one side that says it again is believed', async () => {
  const { notice } = withWaiting();
  expect(await notice.isDue('legacy')).toBe(true);
  expect(await notice.isDue('legacy')).toBe(true);
});
