import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** What statements are built and run with: a database, or one transaction of it. */
export type Queries = PgDatabase<PgQueryResultHKT>;

export type Isolation = 'read committed' | 'repeatable read' | 'serializable';

export interface EngineTransaction {
  readonly queries: Queries;
  /** Runs the statements of a script, without parameters. */
  runScript(script: string): Promise<void>;
}

/** PostgreSQL, on a server or embedded. Its errors are those of the driver. */
export interface Engine {
  readonly kind: 'server' | 'embedded';
  readonly queries: Queries;
  /** One try. Commits where `work` fulfils, and rolls back where it rejects. */
  transaction<Result>(
    work: (transaction: EngineTransaction) => Promise<Result>,
    isolation: Isolation,
  ): Promise<Result>;
  close(): Promise<void>;
}
