import { runCommand } from '../run-command.js';
import type { WorldResult } from '../run-world.js';

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Hears what is told on stderr. */
  readonly onTold?: (text: string) => void;
}

/** The command as a shell would run it, without the shell. */
export async function command(
  args: readonly string[],
  { env = {}, signal = new AbortController().signal, onTold }: CommandOptions = {},
): Promise<Ran> {
  const texts = { stdout: '', stderr: '' };
  const output = (name: keyof typeof texts) => ({
    write(text: string) {
      texts[name] += text;
      if (name === 'stderr') onTold?.(text);
    },
  });
  const exitCode = await runCommand({
    args,
    env,
    signal,
    stdout: output('stdout'),
    stderr: output('stderr'),
  });
  return { exitCode, ...texts };
}

export const resultOf = ({ stdout }: Ran): WorldResult => JSON.parse(stdout) as WorldResult;

/** What every world comes to, whatever its seed and its database. */
export function expectWholeWorld(ran: Ran): WorldResult {
  const result = resultOf(ran);
  expect(result.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(result.checks.length).toBeGreaterThan(30);
  expect(result).toMatchObject({ ok: true, rows: { users: [1, 1], accounts: [2, 1], oauthTokens: [2, 1] } });
  expect(result.rowsCompared).toBeGreaterThan(1000);
  expect(result.texts).toHaveLength(2);
  expect(ran.exitCode).toBe(0);
  // One line, and it ends.
  expect(ran.stdout.split('\n')).toHaveLength(2);
  expect(ran.stderr).toContain('All is closed again.');
  return result;
}
