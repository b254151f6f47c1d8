import { HELP, readCommandLine, runCommandLine } from './command-line.js';

const run = async (args: readonly string[], env: Record<string, string> = {}) => {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await runCommandLine({
    args,
    env,
    say: (line) => said.push(line),
    complain: (line) => complained.push(line),
    onSignal: (listener) => setImmediate(listener),
  });
  return { code, said: said.join('\n'), complained: complained.join('\n') };
};

/** Nobody listens there. */
const NOWHERE = ['--redis-url', 'redis://127.0.0.1:1', '--port', '0'];

it.each([
  [['--port', 'abc'], '--port: "abc" is not a number'],
  [['--port', ''], '--port: "" is not a number'],
  [[...NOWHERE, '--port', '70000'], '70000'],
  [[...NOWHERE, '--max-body-mb', '0'], 'maxBodyBytes: must be a whole number from 1 to 536870912, is 0'],
  [[...NOWHERE, '--latency-ms', '-5'], '--latency-ms'],
  [[...NOWHERE, '--latency-ms=-5'], 'latencyMs: must be from 0 to 60000, is -5'],
  [['--tokn', 'x'], '--tokn'],
  [['redis://127.0.0.1'], 'redis://127.0.0.1'],
  [['--redis-url', 'http://127.0.0.1'], 'redisUrl: is not redis://'],
  [[...NOWHERE, '--token', 'a b'], 'token: must be printable ASCII'],
])('ends with 2 for %j', async (args, message) => {
  const { code, complained, said } = await run(args);
  expect(code).toBe(2);
  expect(complained).toContain(message);
  expect(said).toBe('');
});

it('shows no secret that it refuses', async () => {
  const { complained } = await run([...NOWHERE, '--token', 'sek ret'], { REDIS_URL: 'redis://:sekret@[' });
  expect(complained).toContain('token');
  expect(complained).not.toContain('sek');
});

it('tells how it is used', async () => {
  expect(await run(['--help'])).toEqual({ code: 0, said: HELP, complained: '' });
  expect((await run(['-h', '--port', 'abc'])).code).toBe(0);
});

it('reads the environment where an argument is missing', () => {
  const env = {
    REDIS_URL: 'redis://h',
    UPSTASH_REDIS_REST_TOKEN: 'full',
    UPSTASH_REDIS_REST_READ_ONLY_TOKEN: 'reader',
  };
  expect(readCommandLine([], env)).toMatchObject({
    options: {
      redisUrl: 'redis://h',
      token: 'full',
      readOnlyToken: 'reader',
      port: 8079,
      maxBodyBytes: 10_000_000,
    },
  });
  const args = ['--redis-url', 'redis://i', '--token', 't', '--read-only-token', 'r', '--max-body-mb', '0.5'];
  expect(readCommandLine(args, env)).toMatchObject({
    options: { redisUrl: 'redis://i', token: 't', readOnlyToken: 'r', maxBodyBytes: 500_000 },
  });
});

it('takes an empty variable for none', () => {
  expect(readCommandLine([], { REDIS_URL: '', UPSTASH_REDIS_REST_TOKEN: '' })).toMatchObject({
    options: { redisUrl: 'redis://127.0.0.1:6379', token: undefined },
  });
});

it('says that Redis is not there, and stays', async () => {
  const { code, said, complained } = await run(NOWHERE, { UPSTASH_REDIS_REST_TOKEN: 'sekret' });
  expect(code).toBe(0);
  expect(said).toMatch(/^Listening on http:\/\/127\.0\.0\.1:\d+, in front of 127\.0\.0\.1:1, database 0\.$/);
  expect(complained).toMatch(/^Redis is not there: .*ECONNREFUSED.*503/);
});

it('prints a token that it made, and no other', async () => {
  const made = await run(NOWHERE);
  expect(made.said).toMatch(/^Token, until it stops: [\w-]{32}$/m);
  const given = await run([...NOWHERE, '--token', 'sekret', '--read-only-token', 'sekret2']);
  expect(given.said + given.complained).not.toContain('sekret');
});

it('warns when it listens beyond this machine', async () => {
  expect((await run([...NOWHERE, '--host', '0.0.0.0'])).complained).toContain('put TLS in front');
  expect((await run(NOWHERE)).complained).not.toContain('TLS');
});
