export { cacheFolderOf } from './cache-folder.js';
export {
  fetchDebianProgram,
  type DebianProgram,
  type FetchDebianProgramOptions,
  type FetchedProgram,
} from './debian-program.js';
export { findOnPath, isExecutable } from './executables.js';
export { findFreePort, onFreePort, type FreePortAttempts } from './free-port.js';
export {
  startGuarded,
  type EndSignal,
  type GuardedCommand,
  type GuardedProcess,
  type ProcessOwner,
} from './guarded-process.js';
export { readLogTail } from './log-tail.js';
export { makeFolderOnce, type MakeFolderOnceOptions } from './make-folder-once.js';
export { forSystem, parseOsRelease, readOsRelease, type OsRelease } from './operating-system.js';
