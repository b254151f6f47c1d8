import { DataError } from '../errors.js';

/**
 * `misnamed`: a file has no place in the row. `changed`, `missing`: it was applied, and is not what or where it was.
 * `newer`: the database was migrated further than this code knows. `failed`: its statements were refused, and none of
 * them stays.
 */
export type MigrationProblem = 'misnamed' | 'changed' | 'missing' | 'newer' | 'failed';

/** The database was left as it was found, or as the migrations before this one left it. */
export class MigrationError extends DataError {
  readonly code = 'ERR_DATA_MIGRATION';
  constructor(
    readonly file: string,
    readonly problem: MigrationProblem,
    explanation: string,
    options?: ErrorOptions,
  ) {
    super(`migration ${file}: ${explanation}`, options);
  }
}
