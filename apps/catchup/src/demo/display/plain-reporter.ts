import type { Reporter } from './reporter.js';
import type { View } from './view.js';

const FIGURES_EVERY_MS = 10_000;

/** A line for each step, and one with figures now and then. */
export function createPlainReporter(write: (text: string) => void): Reporter {
  let elapsedMs = 0;
  let figuresAtMs = 0;
  const line = (text: string) => write(`${String(Math.floor(elapsedMs / 1000)).padStart(4)} s  ${text}\n`);
  return {
    show(view: View) {
      elapsedMs = view.elapsedMs;
      if (elapsedMs - figuresAtMs < FIGURES_EVERY_MS) return;
      figuresAtMs = elapsedMs;
      line(figuresOf(view));
    },
    note: line,
    end: () => undefined,
  };
}

function figuresOf({ queues, connections, secondsLeft }: View): string {
  const sum = (of: (queue: View['queues'][number]) => number) =>
    queues.reduce((total, queue) => total + of(queue), 0);
  const moved = queues.filter(({ track }) => track === 'bullmq').length;
  return [
    `  ${moved} of ${queues.length} queues on BullMQ`,
    `backlog ${sum(({ backlog }) => backlog)}`,
    `done ${sum(({ done }) => done)}`,
    `failed ${sum(({ failed }) => failed)}`,
    ...(connections === null ? [] : [`${connections} connections`]),
    ...(secondsLeft === null ? [] : [`${secondsLeft} s left`]),
  ].join(', ');
}
