import { EventEmitter } from 'node:events';
import type { WriteStream } from 'node:tty';
import { createLiveReporter } from './live-reporter.js';
import { createPlainReporter } from './plain-reporter.js';
import { plain } from './style.js';
import type { View } from './view.js';

const view = (elapsedMs: number): View => ({
  elapsedMs,
  step: 'calendar-sync moves',
  queues: [{ name: 'calendar-sync', track: 'bullmq', paused: false, backlog: 3, done: 4, failed: 5 }],
  connections: 14,
  connectionsBefore: 33,
  billedPerMinute: null,
  secondsLeft: 8,
});

/** As much of a terminal as a reporter needs, with all that was written to it. */
function terminalOf(columns: number, rows: number) {
  const written: string[] = [];
  const terminal = Object.assign(new EventEmitter(), {
    columns,
    rows,
    write: (text: string) => written.push(text) > 0,
  });
  return { terminal: terminal as unknown as WriteStream, written };
}

describe('live', () => {
  test('draws over the last picture', () => {
    const { terminal, written } = terminalOf(80, 30);
    const reporter = createLiveReporter(terminal, plain);
    reporter.show(view(0));
    const lines = written.at(-1)?.split('\n').length ?? 0;
    reporter.show(view(200));
    expect(written.at(-1)).toMatch(new RegExp(`^\\u001b\\[${lines - 1}A\\r`));
    reporter.end();
  });

  test('never draws more lines than the terminal has', () => {
    const { terminal, written } = terminalOf(80, 10);
    const reporter = createLiveReporter(terminal, plain);
    reporter.show(view(0));
    expect(written.at(-1)?.split('\n').length).toBeLessThanOrEqual(10);
    reporter.end();
  });

  test('starts anew after a resize', () => {
    const { terminal, written } = terminalOf(80, 30);
    const reporter = createLiveReporter(terminal, plain);
    reporter.show(view(0));
    terminal.emit('resize');
    reporter.show(view(200));
    expect(written.at(-1)?.startsWith('\r')).toBe(true);
    reporter.end();
  });

  test('leaves nothing but a visible cursor', () => {
    const { terminal, written } = terminalOf(80, 30);
    const exitListeners = process.listenerCount('exit');
    const reporter = createLiveReporter(terminal, plain);
    expect(written).toEqual(['\u001b[?25l']);
    reporter.show(view(0));
    reporter.end();
    expect(written.at(-2)?.endsWith('\u001b[J')).toBe(true);
    expect(written.at(-1)).toBe('\u001b[?25h');
    expect(terminal.listenerCount('resize')).toBe(0);
    expect(process.listenerCount('exit')).toBe(exitListeners);
  });
});

test('plain: a line for each note, and figures every ten seconds', () => {
  const written: string[] = [];
  const reporter = createPlainReporter((text) => void written.push(text));
  for (let elapsedMs = 0; elapsedMs <= 21_000; elapsedMs += 200) reporter.show(view(elapsedMs));
  reporter.note('calendar-sync moves');
  expect(written).toEqual([
    expect.stringMatching(
      /^ {2}10 s .*1 of 1 queues on BullMQ, backlog 3, done 4, failed 5, 14 connections, 8 s left\n$/,
    ),
    expect.stringMatching(/^ {2}20 s /),
    '  21 s  calendar-sync moves\n',
  ]);
});
