import {
  defineQueue,
  InvalidOptionError,
  isUnrecoverable,
  UnrecoverableJobError,
  type JobHandlers,
  type JobSchemas,
  type QueueDefinition,
} from '@switchyard/queue-contract';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually } from '../spec-support/eventually.js';
import { isAlive } from '../spec-support/is-alive.js';
import { startSandbox, type SandboxOptions } from './index.js';
import {
  childFile,
  closeSandboxes,
  definition,
  openSandbox,
  runInSandbox,
  thrownBy,
} from '../spec-support/run-in-sandbox.js';

afterEach(closeSandboxes);

describe('the file', () => {
  test.each([
    'default-object.mjs',
    'default-function.mjs',
    'commonjs-object.cjs',
    'commonjs-handlers.cjs',
    'commonjs-function.cjs',
    'compiled.cjs',
  ])('can export its handlers as %s', async (file) => {
    const sandbox = await openSandbox({}, `exports/${file}`);
    const data = { deed: 'none' };
    expect(await runInSandbox(sandbox, data)).toBe('work');
    expect(await runInSandbox(sandbox, data, { job: { name: 'other' } })).toBe('other');
  });

  test('can be TypeScript where Node runs that', async () => {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const stripsTypes = major > 22 || (major === 22 && minor >= 18);
    const starting = openSandbox({}, 'exports/typescript.ts');
    if (stripsTypes) expect(await runInSandbox(await starting, { deed: 'none' })).toBe('typed');
    else expect(await thrownBy(starting)).toMatchObject({ code: 'SWITCHYARD_SANDBOX_START' });
  });

  test('[20] can be TypeScript with a loader anywhere, and throw an UnrecoverableJobError as it would here', async () => {
    const loader = new URL('../../../tools/ci/start-typescript.mjs', import.meta.url).href;
    const execArgv = ['--conditions=@switchyard/source', `--import=${loader}`];
    const sandbox = await openSandbox({ execArgv }, 'exports/unrecoverable.ts');
    const error = await thrownBy(runInSandbox(sandbox, { deed: 'none' }));
    expect(error).toBeInstanceOf(UnrecoverableJobError);
    expect(error).toMatchObject({ name: 'BannedError', message: 'banned', user: 'u1' });
    expect(isUnrecoverable(error)).toBe(true);
  });

  test('can be named by a URL, its text, or an absolute path', async () => {
    const path = childFile('exports/default-function.mjs');
    for (const file of [path, pathToFileURL(path), pathToFileURL(path).href]) {
      const sandbox = await startSandbox(definition, file);
      await sandbox.close();
    }
    for (const file of ['./handlers.mjs', 'handlers.mjs', 'https://example.org/handlers.mjs', '']) {
      const error = await thrownBy(startSandbox(definition, file));
      expect(error).toBeInstanceOf(InvalidOptionError);
      expect((error as Error).message).toContain(JSON.stringify(file));
    }
  });

  test.each([
    ['not-there.mjs', /Cannot find module .*not-there\.mjs/, { code: 'ERR_MODULE_NOT_FOUND' }],
    ['exports/imports-missing.mjs', /Cannot find module .*not-there\.mjs/, { code: 'ERR_MODULE_NOT_FOUND' }],
    ['exports/throws.mjs', /: no configuration$/, { message: 'no configuration', code: 'E_CONFIG' }],
    ['exports/nothing.mjs', /exports neither an object "handlers", nor/, undefined],
    ['exports/one-missing.mjs', /has no handler for other; it has: work, misspelt$/, undefined],
    ['exports/no-function.mjs', /its handler for other is no function but of type string$/, undefined],
    ['exports/exits.mjs', /its process was ended with exit code 3 before it had loaded$/, undefined],
  ])('%s is refused at the start', async (file, message, cause) => {
    const error = await thrownBy(openSandbox({ processes: 2 }, file));
    expect(error).toMatchObject({
      name: 'SandboxStartError',
      code: 'SWITCHYARD_SANDBOX_START',
      queue: 'spec',
      file: pathToFileURL(childFile(file)).href,
      ...(cause && { cause }),
    });
    expect((error as Error).message).toMatch(message);
  });

  test('a file that does not finish loading is given up, and its process ended', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-sandbox-'));
    const env = { ...process.env, SPEC_PID_FILE: join(folder, 'pid') };
    try {
      const error = await thrownBy(openSandbox({ startTimeoutMs: 5000, env }, 'exports/hangs.mjs'));
      expect(error).toMatchObject({
        code: 'SWITCHYARD_SANDBOX_START',
        problem: 'it took longer than 5000 ms to load',
      });
      const pid = Number(readFileSync(env.SPEC_PID_FILE, 'utf8'));
      await eventually('it is gone', () => !isAlive(pid));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('options', () => {
  test.each([
    [{ processes: 0 }, 'processes'],
    [{ processes: 1.5 }, 'processes'],
    [{ graceMs: -1 }, 'graceMs'],
    [{ graceMs: NaN }, 'graceMs'],
    [{ graceMs: 2 ** 31 }, 'graceMs'],
    [{ startTimeoutMs: 0 }, 'startTimeoutMs'],
  ])('%j is refused', async (options, name) => {
    const error = await thrownBy(openSandbox(options));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toMatchObject({ option: `${name} of sandbox of queue "spec"` });
  });

  test("processes have this one's environment and options of Node, or those that are given", async () => {
    const run = async (options: SandboxOptions, variable: string) =>
      runInSandbox(await openSandbox(options), { deed: 'environment', variable });
    expect(await run({}, 'PATH')).toEqual([process.env['PATH'], process.execArgv, ['spec']]);
    const given = { execArgv: ['--max-old-space-size=100'], env: { SPEC_VARIABLE: 'given' } };
    expect(await run(given, 'SPEC_VARIABLE')).toEqual(['given', given.execArgv, ['spec']]);
  });
});

test('handlers fit the queue they were made for, and no other', async () => {
  const sandbox = await openSandbox();
  const take = <S extends JobSchemas>(_: QueueDefinition<S>, handlers: JobHandlers<S>) =>
    Object.keys(handlers);
  expect(take(definition, sandbox.handlers)).toEqual(['work', 'other']);
  const elsewhere = defineQueue({ name: 'x', tier: 'medium', jobs: { third: definition.jobs.work } });
  // @ts-expect-error: no handler for "third"
  take(elsewhere, sandbox.handlers);
});
