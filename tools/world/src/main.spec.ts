import { Interrupted } from './run-command.js';
import { command, expectWholeWorld } from './spec-support/command.js';

/** An embedded database takes seconds to start, and minutes where others are at work. */
const TIMEOUT_MS = 180_000;

test.each(['--seed=no', '--database=paper', '--nonsense'])(
  '%s ends with 2 and one line',
  async (argument) => {
    const { exitCode, stdout, stderr } = await command([argument]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(`"${argument}"`);
  },
);

test(
  'two users from the sign-in to the text message, on the embedded database',
  async () => {
    const ran = await command(['--json', '--seed=11']);
    const { texts, database, seed } = expectWholeWorld(ran);
    expect({ database, seed }).toEqual({ database: 'embedded', seed: 11 });
    for (const text of texts) expect(text).toMatch(/^CatchUp: \d+ reminders\n- Call .+ at \d\d:\d\d/);
    expect(Math.max(...ran.stderr.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(100);
  },
  TIMEOUT_MS,
);

test(
  'interrupted in the middle, it closes everything and says so',
  async () => {
    const interruption = new AbortController();
    const ran = await command(['--json'], {
      signal: interruption.signal,
      onTold: (text) => text.includes('First sync') && interruption.abort(new Interrupted(130)),
    });
    expect(ran).toMatchObject({ exitCode: 130, stdout: '' });
    expect(ran.stderr).toMatch(/First sync[^]*Interrupted; all is closed again\.\n$/);
    expect(ran.stderr).not.toContain('Changes at Google');
  },
  TIMEOUT_MS,
);
