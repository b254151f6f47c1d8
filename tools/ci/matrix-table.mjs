// What became of the legs of a matrix, as a table.

/** Reads the line that a leg closes with. A leg that says nothing of the kind has failed. */
export function parseOutcome(output, exitCode) {
  const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
  const reason = /^not run: (.+)$/.exec(lastLine)?.[1];
  if (reason && exitCode === 0) return { result: 'not run', note: reason };
  const [, passed, failed, skipped] = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(lastLine) ?? [];
  if (passed === undefined) return { result: 'FAILED', note: `ended with exit code ${exitCode}` };
  return {
    result: exitCode === 0 ? 'ok' : 'FAILED',
    passed: Number(passed),
    failed: Number(failed),
    note: skipped ? `${skipped} skipped` : '',
  };
}

/** `rows` in the order they ran, those that did not with the reason. */
export function drawTable(rows) {
  const cells = rows.map(
    ({ major, node, server, serverVersion, flag, result, passed, failed, seconds, note }) => [
      node ?? String(major),
      `${server}${serverVersion ? ` ${serverVersion}` : ''}`,
      flag,
      result,
      String(passed ?? ''),
      String(failed ?? ''),
      seconds === undefined ? '' : duration(seconds),
      note ?? '',
    ],
  );
  const head = ['Node', 'server', 'USE_BULLMQ', 'result', 'passed', 'failed', 'took', ''];
  const isNumber = [false, false, false, false, true, true, true, false];
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => row[column].length)));
  const draw = (row) =>
    row
      .map((cell, at) => (isNumber[at] ? cell.padStart(widths[at]) : cell.padEnd(widths[at])))
      .join('  ')
      .trimEnd();
  return [
    draw(head),
    widths
      .map((width) => '-'.repeat(width))
      .join('  ')
      .trimEnd(),
    ...cells.map(draw),
  ].join('\n');
}

const duration = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
