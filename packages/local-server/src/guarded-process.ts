import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';

/** A process that ignores SIGTERM for this long is killed. */
const END_TIMEOUT_MS = 10_000;

/** Who a process runs as; only root may choose. */
export interface ProcessOwner {
  readonly uid: number;
  readonly gid: number;
}

/** As `kill` has them, without SIG. */
export type EndSignal = 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL';

export interface GuardedCommand {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Working folder of the process; removed by the guard when this process dies without saying goodbye. */
  readonly folder: string;
  /** The process's stdout and stderr are appended here. */
  readonly logFile: string;
  /** Default: this process's own user. */
  readonly owner?: ProcessOwner;
  /**
   * What the guard ends the process with when this process dies. Default SIGKILL. A process with children of its own
   * may need a signal that it can pass on; it is killed if it has not ended ten seconds later.
   */
  readonly abandonSignal?: EndSignal;
}

export interface GuardedProcess {
  readonly pid: number;
  readonly hasExited: boolean;
  /** Resolves when the process is gone; waiting for it does not keep the event loop alive. */
  readonly exited: Promise<void>;
  /** Signals the process and waits for its end, which keeps the event loop alive. */
  end(signal: EndSignal): Promise<void>;
}

// `$0` waits for a word on its stdin before it becomes the real process, so that the guard is always there first.
const START = 'read -r _ || exit 1; exec "$0" "$@" </dev/null';

// A word on stdin is a goodbye; the end of stdin without one means that the process that held the pipe is dead.
// One that is dead but that nobody reaps, as where no init runs, answers `kill -0` for ever. After a SIGKILL the kernel
// still has to finish with it.
const GUARD = `
if read -r _; then exit 0; fi
is_alive() {
  kill -0 "$1" 2>/dev/null || return 1
  case "$(cat "/proc/$1/stat" 2>/dev/null)" in *') Z '*) return 1 ;; esac
}
end() {
  kill -s "$2" "$1" 2>/dev/null
  tries=0
  while is_alive "$1" && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
}
[ "$3" = KILL ] || end "$1" "$3"
end "$1" KILL
rm -rf "$2"
`;

/**
 * Starts a process that dies with this one, even by `kill -9`: a shell holds the reading end of a pipe whose other
 * end dies with us. Both run in sessions of their own, so a Ctrl-C in the terminal reaches us alone and we can
 * still finish what needs the process. Neither keeps the event loop alive.
 */
export function startGuarded(command: GuardedCommand): GuardedProcess {
  const { path, args, env, folder, logFile, owner, abandonSignal = 'SIGKILL' } = command;
  const log = openSync(logFile, 'a');
  let child: ChildProcess;
  try {
    child = spawn('/bin/sh', ['-c', START, path, ...args], {
      cwd: folder,
      env,
      detached: true,
      stdio: ['pipe', log, log],
      ...owner,
    });
  } finally {
    closeSync(log);
  }
  const pid = child.pid;
  if (pid === undefined) throw new Error('cannot start /bin/sh');
  const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', String(pid), folder, abandonSignal.slice(3)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const childInput = child.stdin as Socket;
  const guardInput = guard.stdin as Socket;
  // Writing to a process that is gone already is no news: its exit is.
  childInput.on('error', () => undefined);
  guardInput.on('error', () => undefined);
  childInput.end('start\n');
  guardInput.unref();
  child.unref();
  guard.unref();

  let hasExited = false;
  const exited = once(child, 'exit').then(() => {
    hasExited = true;
    guardInput.end('goodbye\n');
  });
  return {
    pid,
    get hasExited() {
      return hasExited;
    },
    exited,
    async end(signal) {
      if (hasExited) return;
      child.ref();
      child.kill(signal);
      const late = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
      await exited;
      clearTimeout(late);
    },
  };
}
