/** Commands whose arguments are passwords. */
const LOGINS = ['auth', 'hello'];

/**
 * ioredis puts the command that Redis refused into the error, with its arguments: after a refused login that is the
 * password, ready to be logged. Takes it out of the error, and of those that it names as its reasons.
 *
 * @returns the same error
 */
export function hideSecrets<E>(error: E): E {
  for (let each: unknown = error; each instanceof Error;) {
    const { command, cause, lastNodeError } = each as ReplyError;
    if (command?.args && LOGINS.includes(String(command.name).toLowerCase())) command.args = ['(hidden)'];
    each = lastNodeError ?? cause;
  }
  return error;
}

/** Of ioredis: what it adds to replies of Redis, and to its own error about a whole cluster. */
interface ReplyError extends Error {
  readonly command?: { readonly name?: unknown; args?: unknown };
  readonly lastNodeError?: unknown;
}
