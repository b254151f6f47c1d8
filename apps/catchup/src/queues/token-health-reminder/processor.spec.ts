import { DAY_MS } from '../../durations.js';
import { judgeToken } from './processor.js';

const NOW_MS = 50 * DAY_MS;
const judge = (
  outcomes: readonly ('ok' | 'unauthorized' | 'unreachable')[],
  lastRemindedAtMs: number | null,
) =>
  judgeToken({
    userId: 'u',
    account: 'u@example.org',
    nowMs: NOW_MS,
    uses: outcomes.map((outcome, index) => ({ atMs: index, outcome })),
    lastRemindedAtMs,
  });

test('three refusals in a row are a dead token', () => {
  expect(judge(['ok', 'unauthorized', 'unauthorized', 'unauthorized'], null)).toEqual({
    state: 'dead',
    sinceMs: 1,
    remind: true,
  });
});

test('a good use in between is a living token', () => {
  expect(judge(['unauthorized', 'unauthorized', 'ok', 'unauthorized'], null)).toEqual({ state: 'alive' });
});

test('an unreachable service neither kills nor revives a token', () => {
  expect(judge(['unauthorized', 'unreachable', 'unauthorized', 'unreachable', 'unauthorized'], null)).toEqual(
    {
      state: 'dead',
      sinceMs: 0,
      remind: true,
    },
  );
  expect(judge(['unreachable', 'unreachable', 'unreachable'], null)).toEqual({ state: 'alive' });
});

test('reminds once a week', () => {
  const dead = ['unauthorized', 'unauthorized', 'unauthorized'] as const;
  expect(judge(dead, NOW_MS - 6 * DAY_MS)).toMatchObject({ remind: false });
  expect(judge(dead, NOW_MS - 7 * DAY_MS)).toMatchObject({ remind: true });
});
