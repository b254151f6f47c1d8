import { isUtf8 } from 'node:buffer';
import type { RespCommand } from '../resp-command.js';
import { quoteLongIntegers } from './long-integers.js';
import { RequestError } from './request-error.js';

/** A command as it was sent, or why it is none. */
export type ReadCommand = { readonly command: RespCommand } | { readonly error: string };

/**
 * Reads the body of `POST /`: `["SET", "key", 1]`.
 *
 * @throws {RequestError} 400 when it is not such an array
 */
export function parseCommand(body: Buffer): ReadCommand {
  if (body.length === 0) return EMPTY;
  const parts = parseArray(body, 'command');
  return readCommand(hasRounded(parts) ? parseArray(exact(body), 'command') : parts);
}

/**
 * Reads the body of `/pipeline` and `/multi-exec`: an array of commands. One that cannot be run is an error of its own.
 *
 * @throws {RequestError} 400 when it is not such an array
 */
export function parseCommands(body: Buffer): ReadCommand[] {
  const read = parseArray(body, 'pipeline');
  const commands = read.some((parts) => Array.isArray(parts) && hasRounded(parts))
    ? parseArray(exact(body), 'pipeline')
    : read;
  if (commands.length === 0) throw new RequestError(400, 'ERR empty pipeline');
  return commands.map((parts) => {
    if (!Array.isArray(parts))
      throw new RequestError(400, 'ERR failed to parse pipeline: not an array of arrays');
    return readCommand(parts);
  });
}

/** Whether JSON.parse cannot have kept every digit. */
const hasRounded = (parts: readonly unknown[]) =>
  parts.some((part) => Number.isInteger(part) && !Number.isSafeInteger(part));

const exact = (body: Buffer) => Buffer.from(quoteLongIntegers(body.toString()));

const EMPTY: ReadCommand = { error: 'ERR empty command' };

function parseArray(body: Buffer, what: string): unknown[] {
  // Or else bytes that are no text would be stored as U+FFFD without a word.
  if (!isUtf8(body)) throw new RequestError(400, `ERR failed to parse ${what}: not UTF-8`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString());
  } catch {
    throw new RequestError(400, `ERR failed to parse ${what}: not JSON`);
  }
  if (!Array.isArray(parsed)) throw new RequestError(400, `ERR failed to parse ${what}: not an array`);
  return parsed;
}

function readCommand(parts: readonly unknown[]): ReadCommand {
  if (parts.length === 0) return EMPTY;
  const command: string[] = [];
  for (const part of parts) {
    if (typeof part === 'string') command.push(part);
    else if (typeof part === 'number' || typeof part === 'boolean') command.push(String(part));
    else return { error: `ERR unsupported arg type: ${part === null ? 'null' : kindOf(part)}` };
  }
  return { command };
}

const kindOf = (part: unknown) => (Array.isArray(part) ? 'array' : typeof part);
