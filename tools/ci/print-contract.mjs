// A Jest reporter: the contract suite as one engine passed it, role by role, each case with the number of the
// difference between Bull and BullMQ that it holds (docs/bull-vs-bullmq.md).
import { numbersIn } from './differences.mjs';

const SUITE = /^queue engine contract: (.+)$/;

export default class PrintContract {
  onTestResult(_test, { testResults }) {
    const text = contractReport(testResults);
    if (text) process.stderr.write(`\n${text}\n`);
  }
}

/** What is printed for the tests of one file; empty when it has no contract suite. */
export function contractReport(testResults) {
  const cases = testResults
    .map(({ ancestorTitles: [suite = '', role = ''], title, status }) => ({
      engine: SUITE.exec(suite)?.[1],
      role,
      title,
      status,
    }))
    .filter(({ engine, status }) => engine !== undefined && (status === 'passed' || status === 'failed'));
  if (cases.length === 0) return '';
  const numbered = cases.filter(({ title }) => numbersIn(title).length > 0);
  const lines = [
    `The contract on ${cases[0].engine}: ${cases.length} cases, ${numbered.length} of them on ${countNumbers(numbered)} numbered differences`,
  ];
  let heading = '';
  for (const { role, title, status } of cases) {
    if (role !== heading) lines.push(`  ${(heading = role)}`);
    const numbers = numbersIn(title).map((number) => `[${number}]`);
    const plain = title.replaceAll(/\s*\[\d{1,2}\]\s*/g, ' ').trim();
    lines.push(`    ${status === 'passed' ? '✓' : '✗'} ${numbers.join('').padEnd(5)} ${plain}`);
  }
  return lines.join('\n');
}

function countNumbers(cases) {
  return new Set(cases.flatMap(({ title }) => numbersIn(title))).size;
}
