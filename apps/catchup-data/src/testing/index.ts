export {
  createDescribeOnBothDatabases,
  type BothDatabasesOptions,
  type DatabaseServer,
} from './both-databases.js';
export { dumpTables, type TableDump } from './dump-tables.js';
export { TEST_TOKEN_KEYS, type OpenBlank, type OpenOptions } from './open-blank.js';
