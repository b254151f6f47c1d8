import { GoogleRefusedError, PageTokenInvalidError, SyncTokenExpiredError } from '@switchyard/catchup-google';

/** A listing may be cut off in the middle; more often than that in a row, something else is wrong. */
const MAX_LISTINGS = 3;

/**
 * Reads a listing from a sync token on, or all of it where there is none or it is not taken. One that is cut off in the
 * middle begins again from where it began: what was read twice is the same twice.
 */
export async function listWithRestarts<Report>(
  syncToken: string | undefined,
  read: (syncToken: string | undefined) => Promise<Report>,
): Promise<{ readonly report: Report; readonly tokenExpired: boolean }> {
  let token = syncToken;
  let tokenExpired = false;
  for (let listings = 1; ; listings++) {
    try {
      return { report: await read(token), tokenExpired };
    } catch (error) {
      if (token !== undefined && isTokenRefused(error)) {
        token = undefined;
        tokenExpired = true;
      } else if (!(error instanceof PageTokenInvalidError) || listings >= MAX_LISTINGS) throw error;
    }
  }
}

/** It is too old, or was given for other fields or pages of another size: what is asked for changes with versions. */
const isTokenRefused = (error: unknown): boolean =>
  error instanceof SyncTokenExpiredError || (error instanceof GoogleRefusedError && error.status === 400);
