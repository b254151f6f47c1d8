import type { RespCommand } from '../resp-command.js';
import type { Access } from './access-tokens.js';
import type { ReadCommand } from './json-commands.js';
import { readOnlyRefusal } from './read-only-commands.js';
import type { RedisConnection } from './redis-connection.js';
import { refusal } from './refused-commands.js';
import { errorJson, errorOf, repliesJson, replyJson, type StringEncoding } from './reply-json.js';

/** How replies are written: as JSON in one of two encodings, or as Redis sent them. */
export type ReplyFormat = StringEncoding | 'resp2';

export interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
}

/** What the answers to commands take. */
export interface Asked {
  readonly connection: RedisConnection;
  readonly access: Access;
  readonly format: ReplyFormat;
}

/** One command; what Redis refuses is a 400. */
export async function answerCommand(
  { connection, access, format }: Asked,
  read: ReadCommand,
): Promise<Answer> {
  const checked = check(read, access);
  if ('error' in checked) return { status: 400, body: written(checked.error, format) };
  let answer: Answer = { status: 500, body: '' };
  await connection.send([checked.command], (reply) => {
    answer = { status: errorOf(reply) === undefined ? 200 : 400, body: formatted(reply, format) };
  });
  return answer;
}

/** Commands in order, each with a result or an error of its own; always a 200. */
export async function answerPipeline(
  { connection, access, format }: Asked,
  reads: readonly ReadCommand[],
): Promise<Answer> {
  const checked = reads.map((read) => check(read, access));
  const commands = checked.flatMap((item) => ('command' in item ? [item.command] : []));
  const replies: (string | Buffer)[] = [];
  if (commands.length > 0) {
    await connection.send(commands, (reply) => replies.push(formatted(reply, format)));
  }
  let replied = 0;
  const items = checked.map((item) =>
    'error' in item ? written(item.error, format) : (replies[replied++] as string | Buffer),
  );
  const body =
    format === 'resp2' ? Buffer.concat(items.map((item) => Buffer.from(item))) : `[${items.join(',')}]`;
  return { status: 200, body };
}

/** Commands as one MULTI/EXEC; a discarded transaction is one error and a 400. Always JSON. */
export async function answerTransaction(
  { connection, access, format }: Asked,
  reads: readonly ReadCommand[],
): Promise<Answer> {
  const strings = format === 'resp2' ? 'text' : format;
  const commands: RespCommand[] = [];
  for (const read of reads) {
    const checked = check(read, access);
    if ('error' in checked) return discarded(checked.error);
    commands.push(checked.command);
  }
  let notBegun: string | undefined;
  let refused: string | undefined;
  let last = '';
  let replied = 0;
  await connection.send([['MULTI'], ...commands, ['EXEC']], (reply) => {
    const error = errorOf(reply);
    if (replied === 0) notBegun = error;
    else refused ??= error;
    replied += 1;
    if (replied === commands.length + 2 && error === undefined) last = repliesJson(reply, strings);
  });
  // For want of a permission. What was sent behind it is on its way already.
  if (notBegun !== undefined) {
    return { status: 400, body: errorJson(`${notBegun}. The commands ran without a transaction`) };
  }
  return refused === undefined ? { status: 200, body: last } : discarded(refused);
}

function discarded(reason: string): Answer {
  const told = reason.startsWith('EXECABORT')
    ? reason
    : `EXECABORT Transaction discarded because of: ${reason}`;
  return { status: 400, body: errorJson(told) };
}

/** For more, a Redis before 7 would close the connection that all share. */
const MAX_PARTS = 1024 * 1024;

function check(read: ReadCommand, access: Access): ReadCommand {
  if ('error' in read) return read;
  const [name = '', ...args] = read.command;
  const text = typeof name === 'string' ? name : name.toString('latin1');
  if (args.length >= MAX_PARTS) return { error: 'ERR too many arguments' };
  const error = refusal(text, args) ?? (access === 'read-only' ? readOnlyRefusal(text) : undefined);
  return error === undefined ? read : { error };
}

function formatted(reply: Buffer, format: ReplyFormat): string | Buffer {
  return format === 'resp2' ? Buffer.from(reply) : replyJson(reply, format);
}

function written(error: string, format: ReplyFormat): string | Buffer {
  return format === 'resp2' ? Buffer.from(`-${error.replace(/[\r\n]/g, ' ')}\r\n`) : errorJson(error);
}
