/** What can be asked of a process that a benchmark started: by name, what it takes and what it answers. */
export type Operations<Table> = { [Name in keyof Table]: { args: unknown; answer: unknown } };

export type ArgsOf<Table extends Operations<Table>, Name extends keyof Table> = Table[Name]['args'];
export type AnswerOf<Table extends Operations<Table>, Name extends keyof Table> = Table[Name]['answer'];

export interface Request {
  readonly id: number;
  readonly operation: string;
  readonly args: unknown;
}

/** An answer, a failure, or something that was not asked for. */
export type Message = { id: number; answer: unknown } | { id: number; error: string } | { note: unknown };

export type OperationHandlers<Table extends Operations<Table>> = {
  [Name in keyof Table]: (args: ArgsOf<Table, Name>) => Promise<AnswerOf<Table, Name>>;
};

/** The argument of an operation that takes none. */
export type Nothing = Record<string, never>;
