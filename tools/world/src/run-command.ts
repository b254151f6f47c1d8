import { createNarrator } from './narrator.js';
import { DatabaseRefusedError } from './own-database.js';
import { ArgumentError, readArguments, type WorldArguments } from './read-arguments.js';
import { runWorld } from './run-world.js';

/** As much of a stream of this process as is needed. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export interface CommandParts {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Its reason is an {@link Interrupted}. */
  readonly signal: AbortSignal;
}

/** Somebody wants the command to end. */
export class Interrupted extends Error {
  constructor(readonly exitCode: number) {
    super('interrupted');
  }
}

/**
 * Runs the world and tells of it: on stdout, with `--json` on stderr and one line of JSON on stdout at the end.
 *
 * @returns the exit code: 0 where every check holds, 2 for arguments that are none, 1 for all else
 */
export async function runCommand({ args, env, stdout, stderr, signal }: CommandParts): Promise<number> {
  let world: WorldArguments;
  try {
    world = readArguments(args, env);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    stderr.write(`${error.message}\n`);
    return 2;
  }
  const output = world.asJson ? stderr : stdout;
  const narrator = createNarrator((text) => void output.write(text), output.isTTY === true && !env.NO_COLOR);
  try {
    const result = await runWorld(world, narrator, signal);
    const { checks, durationMs, ok } = result;
    const held = checks.filter((check) => check.ok).length;
    const seconds = (durationMs / 1000).toFixed(1);
    narrator.line();
    narrator.verdict(ok, `${held} of ${checks.length} checks hold, after ${seconds} s. All is closed again.`);
    if (world.asJson) stdout.write(`${JSON.stringify(result)}\n`);
    return ok ? 0 : 1;
  } catch (error) {
    const reason: unknown = signal.reason;
    if (reason instanceof Interrupted) {
      stderr.write('\n  Interrupted; all is closed again.\n');
      return reason.exitCode;
    }
    const text = error instanceof Error ? error.stack : String(error);
    stderr.write(
      error instanceof DatabaseRefusedError ? `${error.message}\n` : `The world could not go on: ${text}\n`,
    );
    return 1;
  }
}
