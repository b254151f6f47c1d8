import type { Redis } from 'ioredis';

/**
 * Breaks a connection that has owed an answer for so long, with whatever was sent before answered or not; it connects
 * again and sends what is unanswered once more.
 *
 * ioredis has `socketTimeout` for this, whose timer outlives the socket that it was set for: it destroys the next one,
 * which is well.
 */
export function giveUpWhenSilent(connection: Redis, limitMs: number): void {
  /** On the socket there is now. What a broken one owed is sent again, through here, or forgotten by ioredis. */
  const owed = new Set<object>();
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  /** Counts anew: something was answered, or a new socket owes what the old one did. */
  const restart = () => {
    stop();
    if (owed.size > 0 && connection.status === 'ready') timer = setTimeout(giveUp, limitMs);
  };
  const giveUp = () => {
    stop();
    connection.stream.destroy(new Error(`Redis gave no answer for ${limitMs} ms`));
  };
  const send = connection.sendCommand.bind(connection);
  connection.sendCommand = (command, stream) => {
    const isFirst = owed.size === 0;
    owed.add(command);
    const answered = () => {
      owed.delete(command);
      restart();
    };
    command.promise.then(answered, answered);
    if (isFirst) restart();
    return send(command, stream);
  };
  const forget = () => {
    stop();
    owed.clear();
  };
  connection.on('ready', restart).on('close', forget);
}
