export type { PostgresDatabase } from './create-database.js';
export { PostgresNotFoundError, PostgresNotReachableError, PostgresStartError } from './errors.js';
export { findPostgres, type FindPostgresOptions, type PostgresBinaries } from './find-postgres.js';
export { startPostgres, type PostgresServer, type StartPostgresOptions } from './postgres-server.js';
