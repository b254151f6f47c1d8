import type { Message, OperationHandlers, Operations, Request } from './operations.js';

/** Makes this process one that answers what the benchmark asks over IPC, and ends with it. */
export function answerWith<Table extends Operations<Table>>(handlers: OperationHandlers<Table>): void {
  const answer = async ({ id, operation, args }: Request): Promise<Message> => {
    try {
      const handler = handlers[operation as keyof Table] as (args: unknown) => Promise<unknown>;
      return { id, answer: await handler(args) };
    } catch (error) {
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on('message', (request: Request) => {
    void answer(request).then((reply) => process.send?.(reply));
  });
  // The benchmark is gone, or wants us gone; what is open dies with us.
  process.on('disconnect', () => process.exit(0));
}

/** Tells the benchmark something that it did not ask for. */
export function tell(note: unknown): void {
  process.send?.({ note } satisfies Message);
}
