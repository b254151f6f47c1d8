import type { DemoResult } from '../result.js';
import { grouped } from './frame.js';
import type { Style } from './style.js';

const MINUTES_A_MONTH = 60 * 24 * 30;
const LISTED_PROBLEMS = 20;

/** The table that the demo ends with, as lines. */
export function drawSummary({ figures, problems, rerunJobs }: DemoResult, style: Style): string[] {
  const { bold, dim, green, red } = style;
  const { queues, connections, idleBilledPerMinute: idle, jobs, durationMs } = figures;
  const row = (label: string, before: string, after: string) =>
    `  ${label.padEnd(38)}${before.padStart(14)}${bold(after.padStart(16))}`;
  const aMonth = (perMinute: number) => `${((perMinute * MINUTES_A_MONTH) / 1e6).toFixed(2)} M`;
  const queueRow = (cells: readonly [string, string, string, string, string]) =>
    `  ${cells[0].padEnd(26)}${cells[1].padEnd(12)}${cells
      .slice(2)
      .map((cell) => cell.padStart(10))
      .join('')}`;
  const verdict = (text: string, isGood: boolean) => (isGood ? green(text) : red(text));

  return [
    '',
    dim(row('', 'before: Bull', 'after: BullMQ')),
    row('Redis connections, 11 queues', grouped(connections.before), grouped(connections.after)),
    row('billed commands a minute, idle', grouped(idle.before), grouped(idle.after)),
    row('  the same a month', aMonth(idle.before), aMonth(idle.after)),
    '',
    dim(queueRow(['queue', 'engine', 'accepted', 'completed', 'failed'])),
    ...queues.map(({ name, engine, accepted, completed, failed }) =>
      queueRow([name, engine, grouped(accepted), grouped(completed), grouped(failed)]),
    ),
    bold(queueRow(['all', '', grouped(jobs.accepted), grouped(jobs.completed), grouped(jobs.failed)])),
    '',
    `  Every job by its id: ${verdict(`${jobs.lost} lost`, jobs.lost === 0)}, ${verdict(
      `${jobs.doubled} doubled`,
      jobs.doubled === 0,
    )}, ${jobs.reruns} reruns. "failed" are those meant to.`,
    ...rerunJobs.slice(0, LISTED_PROBLEMS).map((job) => `  rerun: ${job}`),
    ...problems.slice(0, LISTED_PROBLEMS).map((problem) => `  ${red('✗')} ${problem}`),
    ...(problems.length > LISTED_PROBLEMS ? [`  … and ${problems.length - LISTED_PROBLEMS} more`] : []),
    `  ${problems.length === 0 ? green('✓ All 11 queues moved while they ran.') : red('✗ Not as it should be.')} ${dim(
      `${Math.round(durationMs / 1000)} s`,
    )}`,
    '',
  ];
}
