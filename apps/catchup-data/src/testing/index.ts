export { createDescribeOnBothDatabases } from './both-databases.js';
export { dumpTables, type TableDump } from './dump-tables.js';
export { TEST_TOKEN_KEYS, type OpenBlank, type Opening, type OpenOptions } from './open-blank.js';
export {
  createTestDatabases,
  type DatabaseServer,
  type TestDatabases,
  type TestDatabasesOptions,
} from './test-databases.js';
