// A lock between processes: a file that holds its owner's process id. The lock of a dead process does not count.
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder, say } from './workspace.mjs';

const POLL_MS = 100;
/** Removing a dead owner's lock takes no time; whoever takes this long over it has died as well. */
const BREAKING_TIMEOUT_MS = 5_000;

/** Runs `body` while holding the lock of that name in this clone. */
export async function withLock(name, body) {
  mkdirSync(cacheFolder, { recursive: true });
  const lock = join(cacheFolder, `${name}.lock`);
  const ticket = `${lock}.${process.pid}`;
  writeFileSync(ticket, String(process.pid));
  const cleanUp = () => {
    if (readOrEmpty(lock) === String(process.pid)) rmSync(lock, { force: true });
    rmSync(ticket, { force: true });
  };
  process.once('exit', cleanUp);
  try {
    for (let waited = false; !claim(ticket, lock); waited = true) {
      if (isOwnerAlive(lock)) {
        if (!waited) say(`Another ${name} is running in this clone: waiting for it …`);
        await sleep(POLL_MS);
      } else if (!breakLock(ticket, lock)) await sleep(POLL_MS);
    }
    return await body();
  } finally {
    cleanUp();
    process.off('exit', cleanUp);
  }
}

/** A link appears together with its content, so nobody ever reads a lock without an owner. */
function claim(ticket, lock) {
  try {
    linkSync(ticket, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** Only one process at a time breaks a lock, and looks again first: what it saw may be a new owner's by now. */
function breakLock(ticket, lock) {
  const breaking = `${lock}.breaking`;
  if (!claim(ticket, breaking)) {
    const { mtimeMs } = statSync(breaking, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (Date.now() - mtimeMs > BREAKING_TIMEOUT_MS) rmSync(breaking, { force: true });
    return false;
  }
  if (!isOwnerAlive(lock)) {
    rmSync(`${lock}.${readOrEmpty(lock)}`, { force: true });
    rmSync(lock, { force: true });
  }
  rmSync(breaking, { force: true });
  return true;
}

function isOwnerAlive(lock) {
  const pid = Number(readOrEmpty(lock));
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
