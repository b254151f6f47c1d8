// Which numbered difference between Bull and BullMQ is held by how many tests. docs/bull-vs-bullmq.md numbers them; a
// test that holds one carries its number, `[n]`, in its title.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

/** The columns of the table, by the project whose tests count there; all other projects share the last. */
const COLUMNS = new Map([
  ['@switchyard/queue-bull', 'Bull'],
  ['@switchyard/queue-bullmq', 'BullMQ'],
  ['@switchyard/queue-rollout', 'both at once'],
]);
const OTHERS = 'elsewhere';

/** The numbers in a test's title, each once: `'[9] [21] keeps …'` has 9 and 21. */
export function numbersIn(title) {
  return [...new Set([...title.matchAll(/\[(\d{1,2})\]/g)].map(([, number]) => Number(number)))];
}

/** How many passed tests of a Jest run carry each number: `{ 9: 2 }`. */
export function countDifferences(testResults) {
  const counts = {};
  for (const { fullName, status } of testResults.flatMap((file) => file.testResults)) {
    if (status !== 'passed') continue;
    for (const number of numbersIn(fullName)) counts[number] = (counts[number] ?? 0) + 1;
  }
  return counts;
}

/** The headings of the document: number and subject. */
export function readDifferences(text = readFileSync(join(root, 'docs', 'bull-vs-bullmq.md'), 'utf8')) {
  return [...text.matchAll(/^### (\d+)\. (.+)$/gm)].map(([, number, subject]) => ({
    number: Number(number),
    subject,
  }));
}

/** What each project's tests count towards, added up by column. */
export class Coverage {
  #counts = new Map([...COLUMNS.values(), OTHERS].map((column) => [column, new Map()]));

  add(project, differences = {}) {
    const counts = this.#counts.get(COLUMNS.get(project) ?? OTHERS);
    for (const [number, count] of Object.entries(differences)) {
      counts.set(Number(number), (counts.get(Number(number)) ?? 0) + count);
    }
  }

  count(column, number) {
    return this.#counts.get(column).get(number) ?? 0;
  }

  /** Differences that hold neither on every engine by itself nor on both at once. */
  missing(differences) {
    return differences.filter(
      ({ number }) =>
        !(this.count('Bull', number) > 0 && this.count('BullMQ', number) > 0) &&
        this.count('both at once', number) === 0,
    );
  }

  table(differences) {
    const columns = [...this.#counts.keys()];
    const rows = differences.map(({ number, subject }) => [
      String(number).padStart(2),
      subject,
      ...columns.map((column) => String(this.count(column, number) || '·').padStart(column.length)),
    ]);
    const head = ['  ', 'tests by difference', ...columns];
    const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at].length)));
    return [head, ...rows]
      .map((row) =>
        row
          .map((cell, at) => cell.padEnd(widths[at]))
          .join('  ')
          .trimEnd(),
      )
      .join('\n');
  }
}

/** Whether Bull is still part of this clone; without it there is nothing to compare. */
export const hasBull = () => existsSync(join(root, 'packages', 'queue-bull', 'package.json'));
