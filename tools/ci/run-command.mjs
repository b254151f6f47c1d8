// Runs a command so that nothing of it outlives this process, whichever way this process ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, toolEnv } from './workspace.mjs';

const STOP_TIMEOUT_MS = 30_000;
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

// The command starts when we say so, so that its guard is always there first.
const START = 'read -r _ || exit 1; exec "$0" "$@" </dev/null';
// The end of stdin without a goodbye means that we were killed: end the command's whole process group.
const GUARD = 'read -r _ && exit 0; kill -s TERM -- "-$1"; sleep 5; kill -s KILL -- "-$1"';

/**
 * Answers with the exit code, 128 + n after a signal. The command runs in a process group of its own; SIGINT,
 * SIGTERM and SIGHUP are passed on to all of it, once, and what is left of it afterwards is killed. A second
 * signal, or 30 s without an end, kills at once.
 *
 * @param stdout `inherit`, `stderr`, or a function that gets the text.
 */
export async function run(command, args, { stdout = 'inherit', env = {}, cwd = root } = {}) {
  const child = spawn('/bin/sh', ['-c', START, command, ...args], {
    cwd,
    env: toolEnv(env),
    detached: true,
    stdio: ['pipe', stdoutOf(stdout), 'inherit'],
  });
  const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', String(child.pid)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  for (const input of [child.stdin, guard.stdin]) input.on('error', () => {});
  if (typeof stdout === 'function') child.stdout.setEncoding('utf8').on('data', stdout);

  let stopSignal;
  let killTimer;
  const stop = (signal) => {
    if (stopSignal) return signalGroup(child.pid, 'SIGKILL');
    stopSignal = signal;
    signalGroup(child.pid, signal);
    killTimer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), STOP_TIMEOUT_MS);
  };
  const resize = () => signalGroup(child.pid, 'SIGWINCH');
  const signals = Object.keys(SIGNAL_NUMBERS);
  signals.forEach((signal) => process.on(signal, stop));
  process.on('SIGWINCH', resize);
  child.stdin.end('start\n');

  // What is left of the command may hold its stdout open, so it ends before we wait for the last of the output.
  const closed = once(child, 'close');
  const [status, signal] = await once(child, 'exit');
  clearTimeout(killTimer);
  await endGroup(child.pid);
  await closed;
  guard.stdin.end('goodbye\n');
  signals.forEach((signal) => process.off(signal, stop));
  process.off('SIGWINCH', resize);
  // Whoever runs several commands in a row must not go on after a Ctrl-C.
  if (stopSignal) process.exit(128 + SIGNAL_NUMBERS[stopSignal]);
  return signal ? 128 + (SIGNAL_NUMBERS[signal] ?? 9) : status;
}

function stdoutOf(stdout) {
  if (stdout === 'stderr') return 2;
  return typeof stdout === 'function' ? 'pipe' : 'inherit';
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Grandchildren get two seconds to notice that their parent is gone. */
async function endGroup(pid) {
  for (let waitedMs = 0; waitedMs < 2_000; waitedMs += 50) {
    if (!signalGroup(pid, 0)) return;
    await sleep(50);
  }
  signalGroup(pid, 'SIGKILL');
}
