import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import type { RespCommand } from '../resp-command.js';
import type { Access } from './access-tokens.js';
import {
  answerCommand,
  answerPipeline,
  answerTransaction,
  type Answer,
  type Asked,
  type ReplyFormat,
} from './answers.js';
import { RedisGoneError } from './errors.js';
import type { EventStreams } from './event-streams.js';
import { addLatency, drawFate, type RestFaults } from './faults.js';
import { parseCommand, parseCommands } from './json-commands.js';
import { readOnlyRefusal } from './read-only-commands.js';
import type { RedisConnection } from './redis-connection.js';
import { errorJson } from './reply-json.js';
import { readBody } from './request-body.js';
import { RequestError } from './request-error.js';
import { parseTarget, type RequestTarget } from './request-target.js';

export interface RestRequestsOptions {
  readonly connection: RedisConnection;
  readonly streams: EventStreams;
  readonly accessOf: (token: string) => Access | undefined;
  readonly maxBodyBytes: number;
  readonly faults: () => RestFaults;
  readonly random: () => number;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT'];
/** Without HEAD: an answer that never ends has nothing to tell about itself in advance. */
const STREAM_METHODS = ['GET', 'POST', 'PUT'];
const STREAMS: ReadonlySet<string> = new Set(['subscribe', 'psubscribe', 'monitor']);

/** Answers one request of Upstash's REST protocol; never throws. */
export function createRestRequests(
  options: RestRequestsOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { connection, streams, accessOf, maxBodyBytes, faults, random } = options;
  const syncTokens = createSyncTokens();

  return async (request, response) => {
    try {
      const fate = drawFate(faults(), random);
      const latency = addLatency(faults());
      if (latency) await latency;
      if (fate === 'drop-before') return void request.socket.resetAndDestroy();
      if (fate === 'error') throw new RequestError(500, 'ERR a fault on purpose');
      const answer = await answerTo(request, response);
      if (fate === 'drop-after') return void request.socket.resetAndDestroy();
      if (answer) write(response, answer);
    } catch (error) {
      if (response.headersSent || response.destroyed) return;
      write(response, { status: statusOf(error), body: errorJson(messageOf(error)) });
      discardRest(request, maxBodyBytes);
    }
  };

  async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    const target = parseTarget(request.url ?? '/');
    const access = accessOf(tokenOf(request, target));
    if (!access) throw new RequestError(401, 'WRONGPASS invalid or missing auth token');
    const [first, ...others] = target.segments;
    const name = first?.toString().toLowerCase() ?? '';
    const methods = STREAMS.has(name) ? STREAM_METHODS : METHODS;
    if (!methods.includes(request.method ?? '')) {
      response.setHeader('allow', methods.join(', '));
      throw new RequestError(405, 'ERR method not allowed');
    }
    const asked: Asked = { connection, access, format: formatOf(request) };
    if (STREAMS.has(name)) {
      if (access === 'read-only') throw new RequestError(400, readOnlyRefusal(name) ?? '');
      request.resume();
      await streams.open(target.segments, response, { 'upstash-sync-token': syncTokens() });
      return undefined;
    }
    const hasBody = request.method === 'POST' || request.method === 'PUT';
    const body = hasBody ? await readBody(request, maxBodyBytes) : Buffer.alloc(0);
    if (!first) return answerCommand(asked, parseCommand(body));
    if (others.length === 0 && name === 'pipeline') return answerPipeline(asked, parseCommands(body));
    if (others.length === 0 && name === 'multi-exec') return answerTransaction(asked, parseCommands(body));
    const command: RespCommand = [
      ...target.segments,
      ...(body.length > 0 ? [body] : []),
      ...target.parameters,
    ];
    return answerCommand(asked, { command });
  }

  function write(response: ServerResponse, { status, body }: Answer): void {
    response.writeHead(status, {
      'content-type': typeof body === 'string' ? 'application/json' : 'application/octet-stream',
      'content-length': Buffer.byteLength(body),
      'upstash-sync-token': syncTokens(),
    });
    response.end(body);
  }
}

/** A new one with each answer. What was sent back needs no look: one Redis and one connection keep the order anyway. */
function createSyncTokens(): () => string {
  const start = randomBytes(6).toString('base64url');
  let answers = 0;
  return () => `${start}.${(answers += 1)}`;
}

function tokenOf(request: IncomingMessage, target: RequestTarget): string {
  const header = request.headers.authorization;
  if (header === undefined) return target.token ?? '';
  return /^bearer +(.*)$/i.exec(header)?.[1] ?? '';
}

function formatOf({ headers }: IncomingMessage): ReplyFormat {
  const format = headers['upstash-response-format'] ?? 'json';
  const isBase64 = headers['upstash-encoding'] === 'base64';
  if (format !== 'json' && format !== 'resp2') {
    throw new RequestError(400, 'ERR unsupported response format: json and resp2 are supported');
  }
  if (format === 'json') return isBase64 ? 'base64' : 'text';
  if (isBase64) throw new RequestError(400, 'ERR base64 encoding is not supported with the resp2 format');
  return 'resp2';
}

function statusOf(error: unknown): number {
  if (error instanceof RequestError) return error.status;
  return error instanceof RedisGoneError ? 503 : 500;
}

function messageOf(error: unknown): string {
  if (error instanceof RequestError) return error.message;
  return error instanceof RedisGoneError
    ? `ERR Redis is unavailable: ${error.message}`
    : 'ERR internal error';
}

/** Or else a client that is still sending would not get to read the answer. One that never stops is cut off. */
function discardRest(request: IncomingMessage, maxBytes: number): void {
  if (request.complete) return;
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > 10 * maxBytes) request.destroy();
  });
}
