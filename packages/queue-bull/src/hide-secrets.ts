/** Commands whose arguments are passwords. */
const LOGINS = ['auth', 'hello'];

/**
 * ioredis puts the command that Redis refused into the error, with its arguments: after a refused login that is the
 * password, ready to be logged. Takes it out of the error, and of all that it names as its reasons.
 *
 * @returns the same error
 */
export function hideSecrets<E>(error: E): E {
  // A set goes on to what is added while it is walked, and takes nothing twice: reasons may lead back.
  const all = new Set<unknown>([error]);
  for (const each of all) {
    if (!(each instanceof Error)) continue;
    const { command, cause, lastNodeError, errors } = each as ReplyError;
    if (command?.args && LOGINS.includes(String(command.name).toLowerCase())) command.args = ['(hidden)'];
    for (const reason of [cause, lastNodeError, ...(Array.isArray(errors) ? errors : [])]) all.add(reason);
  }
  return error;
}

/** Of ioredis: what it adds to replies of Redis, and to its own error about a whole cluster. And an `AggregateError`. */
interface ReplyError extends Error {
  readonly command?: { readonly name?: unknown; args?: unknown };
  readonly lastNodeError?: unknown;
  readonly errors?: unknown;
}
