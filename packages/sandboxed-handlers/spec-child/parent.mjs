// A process with a sandbox, started by specs that do to it what they cannot do to themselves. Says one line of JSON.
import { startSandbox } from '../src/index.ts';

const [mode, report] = process.argv.slice(2);
const anything = { '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) } };
const definition = { name: 'spec', tier: 'medium', jobs: { work: anything, other: anything } };
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const sandbox = await startSandbox(definition, new URL('./handlers.mjs', import.meta.url), {
  processes: 2,
  // Those of this process load TypeScript, which takes its time.
  ...(mode !== 'inherit-options' && {
    execArgv: mode === 'eat-memory' ? ['--max-old-space-size=24', '--max-semi-space-size=1'] : [],
  }),
});
const { signal } = new AbortController();
const run = (data) =>
  sandbox.handlers.work({
    id: '7',
    name: 'work',
    data,
    signal,
    updateProgress: async () => {},
    log: async () => {},
  });

switch (mode) {
  case 'hold':
    // One computes without a pause and reports when it has begun, the other waits.
    void run({ deed: 'spin', forMs: 60_000, report });
    say(sandbox.processIds);
    break;
  case 'forget': {
    const warnings = [];
    process.on('warning', ({ message }) => warnings.push(message));
    const jobs = Array.from({ length: 12 }, () => run({ deed: 'pid' }));
    say({ pids: await Promise.all(jobs), warnings, stdin: await run({ deed: 'stdin' }) });
    break;
  }
  case 'inherit-options':
    say([process.execArgv, (await run({ deed: 'environment', variable: 'PATH' }))[1]]);
    break;
  case 'eat-memory': {
    const error = await run({ deed: 'eatMemory' }).catch((thrown) => thrown);
    say([error.code, error.exitSignal, await run({ deed: 'answer', value: 'goes on' })]);
    await sandbox.close();
  }
}
