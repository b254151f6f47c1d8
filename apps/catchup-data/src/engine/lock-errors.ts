import { DataError } from '../errors.js';

/** Another process, or another place of this one, has the embedded database open; two at once would lose rows. */
export class FolderInUseError extends DataError {
  readonly code = 'ERR_DATA_FOLDER_IN_USE';
  constructor(
    readonly folder: string,
    readonly pid: number,
    /** It runs on another machine or in another container, so that nobody here can say whether it is still there. */
    readonly elsewhere: boolean,
    readonly lockFile: string,
  ) {
    super(
      `the embedded database in ${folder} is open in process ${pid}` +
        (elsewhere
          ? `, of another machine or container; if that one is gone for good, remove ${lockFile}`
          : '') +
        '. One process at a time may use it: for several, run a server and set DATABASE_URL',
    );
  }
}

/** The lock file of an embedded database holds something else. */
export class DamagedLockError extends DataError {
  readonly code = 'ERR_DATA_DAMAGED_LOCK';
  constructor(readonly lockFile: string) {
    super(`${lockFile} is no lock of an embedded database; if no process uses it, remove it`);
  }
}
