import { stripVTControlCharacters } from 'node:util';
import { drawFrame } from './frame.js';
import { colours, plain } from './style.js';
import type { QueueView, View } from './view.js';

const queue = (name: string, more: Partial<QueueView> = {}): QueueView => ({
  name,
  track: 'bull',
  paused: false,
  backlog: 0,
  done: 0,
  failed: 0,
  ...more,
});
const view = (more: Partial<View> = {}): View => ({
  elapsedMs: 83_000,
  step: 'calendar-sync moves',
  queues: [
    queue('calendar-sync', { track: 'to-bullmq', backlog: 1234, done: 56_789, failed: 3 }),
    queue('token-refresh', { paused: true, backlog: 10 }),
    queue('adaptive-sync', { track: 'bullmq', done: 5 }),
    queue('webhook-renewal', { track: 'to-bull' }),
  ],
  connections: 14,
  connectionsBefore: 33,
  billedPerMinute: 68_902.4,
  secondsLeft: null,
  ...more,
});
const draw = (shown: View, columns = 80) => drawFrame(shown, columns, plain);
/** What a terminal would show. */
const visible = (line: string) => stripVTControlCharacters(line);

test('tells for each queue where its jobs go, what waits, what is done and what failed', () => {
  const lines = draw(view());
  expect(lines.find((line) => line.includes('calendar-sync '))).toMatch(
    /^ {2}calendar-sync +○─+▸▸─+● +1 234 +56 789 +3$/,
  );
  expect(lines.find((line) => line.includes('token-refresh'))).toMatch(/●─+○ +10 +0 +0 +‖ paused$/);
  expect(lines.find((line) => line.includes('adaptive-sync'))).toMatch(/○─+● +0 +5 +0$/);
  expect(lines.find((line) => line.includes('webhook-renewal'))).toMatch(/●─+◂◂─+○/);
  expect(lines.find((line) => line.startsWith('  all '))).toMatch(/ 1 244 +56 794 +3$/);
});

test('shows connections beside those of before, and what Redis bills', () => {
  expect(draw(view()).join('\n')).toContain('Redis connections 33 → 14  ·  commands billed a minute 68 902');
  const unknown = view({ connections: null, connectionsBefore: null, billedPerMinute: null });
  expect(draw(unknown).join('\n')).toContain('Redis connections …  ·  commands billed a minute …');
});

test('shows the time, the step and how long a wait still takes', () => {
  expect(draw(view())[1]).toMatch(/ 1:23$/);
  expect(draw(view({ secondsLeft: 42 })).at(-1)).toBe('  ▸ calendar-sync moves (42 s)');
});

test.each([80, 103, 104, 120, 200])(
  'no line is wider than %d columns, with or without colours',
  (columns) => {
    const long = view({ step: 'x'.repeat(300) });
    const colourful = drawFrame(long, columns, colours).map(visible);
    expect(colourful).toEqual(draw(long, columns));
    for (const line of colourful) expect(line.length).toBeLessThanOrEqual(columns);
  },
);

test('draws bars where there is room, the longest for the longest backlog', () => {
  const bar = (name: string, columns: number) =>
    /[█▏▎▍▌▋▊▉]+/.exec(draw(view(), columns).find((line) => line.includes(name)) ?? '')?.[0] ?? '';
  expect(bar('calendar-sync ', 120).length).toBeGreaterThan(bar('token-refresh', 120).length);
  expect(bar('token-refresh', 120)).toBe('▏');
  expect(bar('adaptive-sync', 120)).toBe('');
  expect(bar('calendar-sync ', 80)).toBe('');
});

test('fits a terminal of 22 lines with all 11 queues', () => {
  const queues = Array.from({ length: 11 }, (_, index) => queue(`queue-${index}`));
  expect(draw(view({ queues })).length).toBeLessThan(22);
});
