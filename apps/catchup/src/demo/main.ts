// The demo: an app on Bull is measured, fills its queues, and is moved to BullMQ by CatchUp while it runs.
// `--json` prints nothing but one line of figures to stdout, at the end.
import { createLiveReporter } from './display/live-reporter.js';
import { createPlainReporter } from './display/plain-reporter.js';
import { colours, plain } from './display/style.js';
import { drawSummary } from './display/summary.js';
import { findOldApp } from './old-app.js';
import { runDemo } from './run-demo.js';
import { fullTimeline } from './timeline.js';

class Interrupted extends Error {
  constructor(readonly exitCode: number) {
    super('interrupted');
  }
}

/** A terminal that cannot hold the picture gets lines. */
const MIN_COLUMNS = 80;
const MIN_ROWS = 22;
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

const unknown = process.argv.slice(2).filter((argument) => argument !== '--json');
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(' ')}; the demo takes --json and nothing else\n`);
  process.exit(2);
}
const asJson = process.argv.includes('--json');
if (findOldApp() === null) {
  (asJson ? process.stderr : process.stdout).write(
    'Bull is gone: without packages/queue-bull there is no old app to start from, and nothing to move.\n' +
      'CatchUp runs on BullMQ alone, with USE_BULLMQ=true: apps/catchup/README.md says what else it needs.\n',
  );
  if (asJson) process.stdout.write(`${JSON.stringify({ skipped: 'Bull is gone' })}\n`);
  process.exit(0);
}
const { isTTY, columns, rows } = process.stdout;
const isLive = isTTY && columns >= MIN_COLUMNS && rows >= MIN_ROWS && !asJson;
const style = isLive && !process.env.NO_COLOR ? colours : plain;

const interruption = new AbortController();
for (const [signal, number] of Object.entries(SIGNAL_NUMBERS)) {
  process.on(signal, () => interruption.abort(new Interrupted(128 + number)));
}

try {
  const { figures, problems, rerunJobs } = await runDemo({
    timeline: fullTimeline,
    reporter: isLive
      ? createLiveReporter(process.stdout, style)
      : createPlainReporter((text) => (asJson ? process.stderr : process.stdout).write(text)),
    signal: interruption.signal,
  });
  const summary = drawSummary({ figures, problems, rerunJobs }, style).join('\n');
  if (asJson) {
    process.stderr.write(`${summary}\n`);
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  } else process.stdout.write(`${summary}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  if (error instanceof Interrupted) process.exitCode = error.exitCode;
  else {
    process.stderr.write(
      `The demo could not go on: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exitCode = 1;
  }
}
