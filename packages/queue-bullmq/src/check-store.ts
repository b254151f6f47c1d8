import { hideSecrets } from '@switchyard/bullmq-shared-connections';
import { EngineUnavailableError } from '@switchyard/queue-contract';
import type { Redis } from 'ioredis';
import { asError } from './as-error.js';
import { addressOf, isCluster, type Connection } from './connection.js';
import { lacksEvictionPolicy, modeProblem, storeProblem } from './store-problem.js';

type Unavailable = (problem: string, options?: ErrorOptions) => EngineUnavailableError;

/**
 * Checks that the server can be reached and is fit for queues.
 *
 * @throws EngineUnavailableError that says what is wrong
 */
export async function checkStore(engine: string, connection: Connection, limitMs: number): Promise<void> {
  const unavailable: Unavailable = (problem, options) => new EngineUnavailableError(engine, problem, options);
  const problems = await withinConnection(connection, limitMs, unavailable, () => {
    const servers = isCluster(connection) ? connection.nodes('master') : [connection];
    return Promise.all(servers.map((server) => problemOf(server, server === connection)));
  });
  const [problem] = problems.filter((each) => each !== null);
  if (problem !== undefined) throw unavailable(problem);
}

async function problemOf(server: Redis, isAlone: boolean): Promise<string | null> {
  const info = await server.info();
  const wrongMode = isAlone ? modeProblem(info) : null;
  if (wrongMode !== null) return wrongMode;
  // INFO leaves it out on some hosted servers; CONFIG is often forbidden there, and then nobody can tell.
  const policy = lacksEvictionPolicy(info)
    ? await server.config('GET', 'maxmemory-policy').then(
        (reply) => (reply as string[])[1],
        () => undefined,
      )
    : undefined;
  return storeProblem(info, policy);
}

/** Asks as soon as the connection is up; fails with what kept it from coming up. */
async function withinConnection<T>(
  connection: Connection,
  limitMs: number,
  unavailable: Unavailable,
  ask: () => Promise<T>,
): Promise<T> {
  const closed = () => unavailable('the connection it was lent was closed');
  if (connection.status === 'end') throw closed();
  const address = addressOf(connection);
  let timer: NodeJS.Timeout | undefined;
  let onError: (error: Error) => void = () => undefined;
  let onEnd: () => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    let last: Error | undefined;
    onError = (error) => {
      last = hideSecrets(error);
      reject(unavailable(whatFailed(error, address), { cause: error }));
    };
    onEnd = () => reject(closed());
    timer = setTimeout(
      () => reject(unavailable(`no answer from ${address} within ${limitMs} ms`, { cause: last })),
      limitMs,
    );
  });
  failed.catch(() => undefined);
  connection.on('error', onError).on('end', onEnd);
  try {
    return await Promise.race([whenUp(connection).then(ask), failed]);
  } catch (error) {
    if (error instanceof EngineUnavailableError) throw error;
    throw unavailable(whatFailed(asError(error), address), { cause: error });
  } finally {
    clearTimeout(timer);
    connection.off('error', onError).off('end', onEnd);
  }
}

async function whenUp(connection: Connection): Promise<void> {
  if (connection.status === 'ready') return;
  if (connection.status === 'wait') connection.connect().catch(() => undefined);
  await new Promise<void>((resolve) => {
    connection.once('ready', resolve);
  });
}

function whatFailed(failed: Error, address: string): string {
  // Of a whole cluster ioredis only says that it failed, and what the last node it tried answered.
  const error = (failed as { lastNodeError?: Error }).lastNodeError ?? failed;
  const { code } = error as NodeJS.ErrnoException;
  if (/WRONGPASS|invalid password|invalid username/i.test(error.message)) {
    return `${address} refuses the user name or password`;
  }
  if (/NOAUTH/.test(error.message)) return `${address} wants a password and none was given`;
  if (/NOPERM/.test(error.message)) return `the user at ${address} may not run INFO: ${error.message}`;
  return `${address} cannot be reached (${code ?? error.message})`;
}
