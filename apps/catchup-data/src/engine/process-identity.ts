import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Tells a process from another that got its number later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in the words of the system; null where that is not to be had. */
  readonly startedAt: string | null;
  /** The machine since it was started, and the container: pids mean something only there. */
  readonly place: string;
  readonly boot: string;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, startedAt: startOf(process.pid), place: placeHere(), boot: bootHere() };
}

/** `unknown`: it ran where nobody here can look. */
export function whatBecameOf(who: ProcessIdentity): 'alive' | 'gone' | 'unknown' {
  if (who.boot !== bootHere()) return who.place.startsWith(`${hostname()} `) ? 'gone' : 'unknown';
  if (who.place !== placeHere()) return 'unknown';
  try {
    process.kill(who.pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'gone';
  }
  const startedAt = startOf(who.pid);
  return startedAt === who.startedAt || startedAt === null || who.startedAt === null ? 'alive' : 'gone';
}

/** @returns `over` for one that is dead and only waits to be noticed, null where nothing is to be had */
function startOf(pid: number): string | null {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return process.platform === 'linux' ? null : startFromPs(pid);
  // The name in parentheses may hold anything; behind it follow the state, and the start as the 20th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? 'over' : (fields[19] ?? null);
}

function startFromPs(pid: number): string | null {
  try {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }).trim() || null;
  } catch {
    return null;
  }
}

function placeHere(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Only Linux has them.
  }
  return `${hostname()} ${namespace}`;
}

function bootHere(): string {
  return readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
