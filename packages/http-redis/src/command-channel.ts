import { channel } from 'node:diagnostics_channel';

/** Published once for every command, when its call has ended. */
export interface RedisCommandMessage {
  readonly source: string;
  /** In upper case; a script's name as it was declared. */
  readonly name: string;
  /**
   * What a metered Redis bills for it, an estimate: each try that may have arrived, scripts as they declare it (by a
   * function only once it has answered, else 1), 1 more where a script had to be sent again as text, and 2 more with the
   * first command of a transaction. A raw EVAL or EVALSHA counts 1, since nobody knows what it runs.
   */
  readonly billed: number;
  /** From the call to its end, retries and the waits between them included. */
  readonly durationMs: number;
  /** `refused`: by Redis, with an error. `aborted`: by its caller's signal. */
  readonly outcome: 'ok' | 'refused' | 'timeout' | 'unavailable' | 'auth' | 'aborted';
  /** How often it went out; 0 when the circuit was open. */
  readonly tries: number;
  readonly keyPrefix: string | null;
}

/** `node:diagnostics_channel` name of {@link RedisCommandMessage} messages. Publishers never know who listens. */
export const REDIS_COMMAND_CHANNEL = 'switchyard:redis-command';

const commands = channel(REDIS_COMMAND_CHANNEL);

export const isAnybodyListening = (): boolean => commands.hasSubscribers;

export function publishCommand(message: RedisCommandMessage): void {
  commands.publish(message);
}
