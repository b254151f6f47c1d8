import { HOUR_MS, MINUTE_MS } from '../../durations.js';
import { checkChannels } from './processor.js';

const NOW_MS = 1_000 * HOUR_MS;
const channel = (channelId: string, silentForMs: number, usualGapMs: number) => ({
  channelId,
  userId: `user of ${channelId}`,
  lastMessageAtMs: NOW_MS - silentForMs,
  usualGapMs,
});

test('a channel silent for more than four of its usual gaps falls back to polling', () => {
  const health = checkChannels(
    [channel('quiet', 5 * HOUR_MS, HOUR_MS), channel('fine', 3 * HOUR_MS, HOUR_MS)],
    NOW_MS,
  );
  expect(health).toEqual({ healthy: 1, pollInstead: [{ channelId: 'quiet', silentForMs: 5 * HOUR_MS }] });
});

test('a busy channel gets half an hour before it counts as silent', () => {
  const channels = [channel('lunch', 20 * MINUTE_MS, MINUTE_MS), channel('dead', 31 * MINUTE_MS, MINUTE_MS)];
  expect(checkChannels(channels, NOW_MS).pollInstead.map(({ channelId }) => channelId)).toEqual(['dead']);
});

test('the longest silent comes first', () => {
  const channels = [
    channel('a', 5 * HOUR_MS, HOUR_MS),
    channel('b', 9 * HOUR_MS, HOUR_MS),
    channel('c', 7 * HOUR_MS, HOUR_MS),
  ];
  expect(checkChannels(channels, NOW_MS).pollInstead.map(({ channelId }) => channelId)).toEqual([
    'b',
    'c',
    'a',
  ]);
});
