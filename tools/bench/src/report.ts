import type { BenchmarkResult, Case, Limit } from './benchmark.js';
import type { Machine } from './environment.js';

/** A limit that was looked at. `holds` is null when the run did not measure it or was a quick one. */
export interface JudgedLimit extends Limit {
  readonly holds: boolean | null;
}

/** What a run of a benchmark leaves behind; `--json` prints it as it is. */
export interface Report extends Omit<BenchmarkResult, 'limits'> {
  readonly benchmark: string;
  /** True: a smoke run whose figures mean nothing. */
  readonly quick: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly machine: Machine;
  readonly limits: readonly JudgedLimit[];
}

export type RunFacts = Pick<Report, 'benchmark' | 'quick' | 'startedAt' | 'durationMs' | 'machine'>;

export function makeReport(facts: RunFacts, result: BenchmarkResult): Report {
  return { ...facts, ...result, limits: result.limits.map((limit) => judged(limit, facts.quick)) };
}

/** True only when every limit was measured and holds. */
export function allHold(report: Report): boolean {
  return report.limits.every(({ holds }) => holds === true);
}

export function toJson(report: Report): string {
  return JSON.stringify(report, null, 2);
}

/** Everything, for people: all cases, then the limits. */
export function toText(report: Report): string {
  return [headline(report), caseTable(report), '', ...legend(report), '', limitTable(report)].join('\n');
}

/** The limits alone, for people: one line each and a verdict. */
export function toCheckText(report: Report): string {
  const missed = report.limits.filter(({ holds }) => holds === false).length;
  const unknown = report.limits.filter(({ holds }) => holds === null).length;
  const verdict = [
    `${report.limits.length - missed - unknown} of ${report.limits.length} limits hold`,
    ...(missed ? [`${missed} missed`] : []),
    ...(unknown ? [`${unknown} not judged`] : []),
  ].join(', ');
  return [headline(report), limitTable(report), '', `${verdict}.`].join('\n');
}

function judged(limit: Limit, quick: boolean): JudgedLimit {
  if (quick || limit.value === undefined) return { ...limit, holds: null };
  const holds = limit.comparison === '<=' ? limit.value <= limit.limit : limit.value >= limit.limit;
  return { ...limit, holds };
}

function headline(report: Report): string {
  const { machine } = report;
  const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${report.benchmark}, ${report.startedAt}, took ${Math.round(report.durationMs / 1000)} s`,
    versions.join(' · '),
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGiB} GiB, ${machine.platform}`,
    ...(report.quick ? ['QUICK RUN: it shows that the machinery works. Its figures mean nothing.'] : []),
    '',
  ].join('\n');
}

function caseTable({ cases, contenders, baseline }: Report): string {
  const withRatio = (figure: Case, id: string) => {
    const value = figure.figures[id];
    if (value === undefined) return '–';
    const ratio = id === baseline ? undefined : figure.ratios?.[id];
    return ratio === undefined ? formatted(value) : `${formatted(value)} (×${ratio.toFixed(2)})`;
  };
  return table(
    ['', 'unit', ...contenders.map(({ title }) => title)],
    cases.map((figure) => [
      marked(figure.title, figure),
      figure.unit,
      ...contenders.map(({ id }) => withRatio(figure, id)),
    ]),
  );
}

function legend({ baseline, contenders, notes }: Report): string[] {
  const title = contenders.find(({ id }) => id === baseline)?.title;
  return [
    ...(title === undefined ? [] : [`(×n) against ${title}.`]),
    '* holds only on a quiet machine.',
    ...notes,
  ];
}

function limitTable({ limits }: Report): string {
  const verdict = { true: 'holds', false: 'MISSED', null: 'not judged' };
  return table(
    ['limit', 'unit', 'limit', 'value', ''],
    limits.map((limit) => [
      marked(limit.name, limit),
      limit.unit,
      `${limit.comparison === '<=' ? '≤' : '≥'} ${limit.limit}`,
      limit.value === undefined ? '–' : formatted(limit.value),
      verdict[`${limit.holds}`],
    ]),
  );
}

function marked(title: string, { quietMachineOnly }: { readonly quietMachineOnly: boolean }): string {
  return quietMachineOnly ? `${title} *` : title;
}

/** Three significant digits or all that stand before the point, whichever is more. */
function formatted(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2);
}

/** Text left, figures right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0), title.length),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}
