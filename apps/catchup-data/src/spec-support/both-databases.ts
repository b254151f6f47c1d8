import { startPostgres } from '@switchyard/local-postgres';
import { createDescribeOnBothDatabases } from '../testing/both-databases.js';

export const describeOnBothDatabases = createDescribeOnBothDatabases({ startServer: () => startPostgres() });
