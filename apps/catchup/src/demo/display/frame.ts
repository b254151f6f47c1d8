import type { Style } from './style.js';
import type { QueueView, Track, View } from './view.js';

const NAME_WIDTH = 25;
const NUMBER_WIDTH = 9;
/** Below this many columns the bars are left out. */
const BAR_FROM_COLUMNS = 104;
const BAR_WIDTH = 20;
const PAUSED = '  ‖ paused';

/** A picture of the switch as lines of at most `columns` characters, without line ends. */
export function drawFrame(view: View, columns: number, style: Style): string[] {
  const { bold, dim } = style;
  const withBars = columns >= BAR_FROM_COLUMNS;
  const longest = Math.max(1, ...view.queues.map(({ backlog }) => backlog));
  const sum = (of: (queue: QueueView) => number) =>
    view.queues.reduce((total, queue) => total + of(queue), 0);
  const width = Math.min(columns, withBars ? 106 : 80) - 4;
  const title = 'Switchyard: 11 queues move from Bull to BullMQ while they run';
  const rule = dim('─'.repeat(width));

  return [
    '',
    `  ${bold(title)}${clock(view.elapsedMs).padStart(width - title.length)}`,
    '',
    dim(
      `  ${'queue'.padEnd(NAME_WIDTH)}${'Bull'.padEnd(TRACK_WIDTH - 6)}BullMQ${right('backlog')}${right('done')}${right('failed')}`,
    ),
    ...view.queues.map((queue) => queueLine(queue, style, withBars ? longest : null)),
    `  ${rule}`,
    `  ${'all'.padEnd(NAME_WIDTH + TRACK_WIDTH)}${number(sum((queue) => queue.backlog))}${number(
      sum((queue) => queue.done),
    )}${number(sum((queue) => queue.failed))}`,
    '',
    `  Redis connections ${connectionsOf(view, style)}${dim('  ·  ')}commands billed a minute ${bold(
      figure(view.billedPerMinute),
    )}`,
    '',
    `  ${style.cyan('▸')} ${clip(stepText(view), width - 2)}`,
  ];
}

function queueLine(queue: QueueView, style: Style, longestBacklog: number | null): string {
  const { name, track, paused, backlog, done, failed } = queue;
  const bar = longestBacklog === null || backlog === 0 ? '' : `  ${barOf(backlog, longestBacklog, style)}`;
  const numbers = [
    backlog === 0 ? style.dim(number(0)) : number(backlog),
    number(done),
    failed === 0 ? style.dim(number(0)) : number(failed),
  ].join('');
  const mark = paused ? style.yellow(PAUSED) : bar === '' ? '' : ' '.repeat(PAUSED.length);
  return `  ${name.padEnd(NAME_WIDTH)}${trackOf(track, style)}${numbers}${mark}${bar}`;
}

const TRACK_WIDTH = 16;

/** The full dot is where new jobs go; an arrow points there while the other side is being emptied. */
function trackOf(track: Track, { dim, green, yellow, cyan }: Style): string {
  const rail = '─'.repeat(TRACK_WIDTH - 2);
  const half = '─'.repeat((TRACK_WIDTH - 4) / 2);
  if (track === 'bull') return yellow('●') + dim(`${rail}○`);
  if (track === 'bullmq') return dim(`○${rail}`) + green('●');
  if (track === 'to-bullmq') return dim('○') + cyan(`${half}▸▸${half}`) + green('●');
  return yellow('●') + cyan(`${half}◂◂${half}`) + dim('○');
}

function barOf(value: number, longest: number, { cyan }: Style): string {
  const eighths = Math.max(1, Math.round((value / longest) * BAR_WIDTH * 8));
  const full = Math.floor(eighths / 8);
  return cyan('█'.repeat(full) + (eighths % 8 === 0 ? '' : '▏▎▍▌▋▊▉'.charAt((eighths % 8) - 1)));
}

function connectionsOf({ connections, connectionsBefore }: View, { bold, dim }: Style): string {
  const before = connectionsBefore === null ? '' : dim(`${grouped(connectionsBefore)} → `);
  return before + bold(figure(connections));
}

function stepText({ step, secondsLeft }: View): string {
  return secondsLeft === null ? step : `${step} (${secondsLeft} s)`;
}

const right = (text: string) => text.padStart(NUMBER_WIDTH);
const number = (value: number) => right(grouped(value));
const figure = (value: number | null) => (value === null ? '…' : grouped(value));
const clip = (text: string, width: number) => (text.length <= width ? text : `${text.slice(0, width - 1)}…`);

/** `12 345` */
export const grouped = (value: number) => String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');

function clock(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
