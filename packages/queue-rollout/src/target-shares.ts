import { InvalidFlagError, RolloutConfigurationError } from './errors.js';
import type { TargetShares } from './flag-source.js';

export interface TargetShareVariables {
  /** The variable for all queues, such as `USE_BULLMQ`; `<variable>_<QUEUE_NAME>` overrides it for one. */
  readonly variable: string;
  readonly queues: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const NONE = new Set(['', 'false', '0', 'off']);
const ALL = new Set(['true', '1', 'on', 'all']);

/**
 * Reads how many percent of each queue's jobs go to the target engine.
 *
 * `USE_X`: `false`, `0`, `off`, empty or unset is none; `true`, `1`, `on`, `all` is every queue; a comma list is
 * those queues, each in full or with a share (`calendar-sync=25%`). `USE_X_CALENDAR_SYNC` overrides it for one
 * queue with one of the words or a share (`25%`); empty is as good as unset. White space around a value is trimmed.
 *
 * @throws InvalidFlagError for anything else, and for queues that nobody declared
 * @throws RolloutConfigurationError when two queues would share one override variable
 */
export function parseTargetShares({ variable, queues, environment }: TargetShareVariables): TargetShares {
  const overrides = overrideVariables(variable, queues);
  const shares = parseAll(variable, environment[variable] ?? '', queues);
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(`${variable}_`) || value === undefined || value.trim() === '') continue;
    const queue = overrides.get(name);
    if (queue === undefined) {
      throw new InvalidFlagError(name, value, 'there is no such queue', [...overrides.keys()].join(', '));
    }
    shares.set(queue, parseOne(name, value));
  }
  return shares;
}

/** `calendar-sync` → `USE_X_CALENDAR_SYNC` */
function overrideVariables(variable: string, queues: readonly string[]): Map<string, string> {
  const byVariable = new Map<string, string>();
  for (const queue of queues) {
    const name = `${variable}_${queue.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
    const other = byVariable.get(name);
    if (other !== undefined) {
      throw new RolloutConfigurationError(
        `queues "${other}" and "${queue}" would both be overridden by ${name}`,
      );
    }
    byVariable.set(name, queue);
  }
  return byVariable;
}

function parseAll(variable: string, raw: string, queues: readonly string[]): Map<string, number> {
  const value = raw.trim();
  const everywhere = (share: number) => new Map(queues.map((queue) => [queue, share]));
  if (NONE.has(value)) return everywhere(0);
  if (ALL.has(value)) return everywhere(100);

  const allowed = `false, 0, off, true, 1, on, all, or a comma list of queues, each with or without a share such as "=25%"; queues: ${queues.join(', ')}`;
  const fail = (problem: string): never => {
    throw new InvalidFlagError(variable, raw, problem, allowed);
  };
  const shares = everywhere(0);
  const seen = new Set<string>();
  for (const entry of value.split(',')) {
    const [name = '', share, ...rest] = entry.split('=').map((part) => part.trim());
    if (name === '') fail('an entry is empty');
    if (!shares.has(name)) fail(`there is no queue "${name}"`);
    if (seen.has(name)) fail(`queue "${name}" stands there twice`);
    if (rest.length > 0) fail(`"${entry.trim()}" has more than one "="`);
    seen.add(name);
    shares.set(
      name,
      share === undefined ? 100 : (parseShare(share) ?? fail(`"${share}" is no share from 0% to 100%`)),
    );
  }
  return shares;
}

function parseOne(variable: string, raw: string): number {
  const value = raw.trim();
  if (NONE.has(value)) return 0;
  if (ALL.has(value)) return 100;
  const share = parseShare(value);
  if (share !== null) return share;
  throw new InvalidFlagError(
    variable,
    raw,
    'not a switch or a share',
    'false, 0, off, true, 1, on, all, or a share from 0% to 100%',
  );
}

/** `25%` → 25, `0.5%` → 0.5, anything else → null */
function parseShare(text: string): number | null {
  const [, number] = /^(\d{1,3}(?:\.\d{1,4})?)\s*%$/.exec(text) ?? [];
  return number !== undefined && Number(number) <= 100 ? Number(number) : null;
}
