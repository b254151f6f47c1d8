import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAccessCheck } from './access-tokens.js';
import { trackClients } from './client-connections.js';
import { InvalidRestOptionError, type RedisGoneError } from './errors.js';
import { createEventStreams } from './event-streams.js';
import { checkFaults, type RestFaults } from './faults.js';
import { parseRedisUrl } from './redis-address.js';
import { openRedisConnection } from './redis-connection.js';
import { createRestRequests } from './rest-requests.js';
import { costOf, type WorkCost } from './work-cost.js';

export interface StartRestEndpointOptions {
  /** `redis://[user][:password]@host[:port][/database]`, `rediss://` for TLS. */
  readonly redisUrl: string;
  /** For `rediss://`: the certificate to trust, PEM, when the system does not. */
  readonly tls?: { readonly ca?: string };
  /** Opens everything. Default: a random one. */
  readonly token?: string;
  /** Opens what only reads. Default: there is none. */
  readonly readOnlyToken?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** The address to listen on. Default `127.0.0.1`: this machine only. Tokens travel in the clear. */
  readonly host?: string;
  /** Larger requests get a 413. Default 10 000 000. */
  readonly maxBodyBytes?: number;
  /**
   * When Redis owes a reply and is silent for this long, at most twice as long, it counts as gone. Default 30 000. To
   * connect it has as long, but no more than 5 s.
   */
  readonly replyTimeoutMs?: number;
  readonly faults?: RestFaults;
  /** From 0 to below 1, once for each request; which of them the faults hit. Default `Math.random`. */
  readonly random?: () => number;
  /** Called when Redis is there, and with the reason when it is not; not again for the same reason. */
  readonly onRedisChange?: (error: RedisGoneError | undefined) => void;
  /** Whether the process stays for the endpoint, as it does for a server of node:http. Default false. */
  readonly keepsProcessAlive?: boolean;
}

/** A server that speaks Upstash's REST protocol in front of a Redis. */
export interface RestEndpoint {
  /** `http://127.0.0.1:PORT`: `UPSTASH_REDIS_REST_URL` of a client. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly readOnlyToken?: string;
  /** HTTP requests so far, whatever became of them. */
  readonly requests: number;
  /**
   * What a piece of work costs: requests of this endpoint, and commands of its Redis, which counts all of its clients.
   *
   * @throws what `work` throws, or an error when Redis cannot be asked
   */
  costOf(work: () => Promise<unknown>): Promise<WorkCost>;
  /**
   * From now on, instead of what was set; `{}` for none.
   *
   * @throws {InvalidRestOptionError}
   */
  setFaults(faults: RestFaults): void;
  /**
   * Ends event streams, answers the requests under way and closes everything. With `isGraceful: false` as a crash
   * would: connections are reset, and nothing is answered. Its port can be taken again at once. Calling it again
   * does nothing, but a crash cuts a graceful stop short.
   */
  stop(options?: { readonly isGraceful?: boolean }): Promise<void>;
}

const DEFAULT_MAX_BODY_BYTES = 10_000_000;
const DEFAULT_REPLY_TIMEOUT_MS = 30_000;
const LONGEST_READY_TIMEOUT_MS = 5_000;
/** A reader of events whose machine vanished would hold a connection to Redis for ever. */
const PROBES = { keepAlive: true, keepAliveInitialDelay: 30_000 };
/** Longer than clients keep a connection, so that it is they who close one that is idle. */
const IDLE_CONNECTION_MS = 65_000;

/**
 * Starts an endpoint and waits until it listens and has tried to reach Redis. It starts without a Redis, too: then it
 * answers 503 until there is one. It holds one connection to Redis, and one more for each event stream.
 *
 * It does not keep the process from ending, unless `keepsProcessAlive` is set.
 *
 * @throws {InvalidRestOptionError} for an option that is not usable
 */
export async function startRestEndpoint(options: StartRestEndpointOptions): Promise<RestEndpoint> {
  const { tls, readOnlyToken, host = '127.0.0.1', random = Math.random, onRedisChange } = options;
  const { token = randomBytes(24).toString('base64url'), keepsProcessAlive = false } = options;
  const address = parseRedisUrl(options.redisUrl);
  const accessOf = createAccessCheck({ token, readOnlyToken });
  const maxBodyBytes = wholeNumber(
    'maxBodyBytes',
    options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    1,
    2 ** 29,
  );
  const listenPort = wholeNumber('port', options.port ?? 0, 0, 65_535);
  const replyTimeoutMs = wholeNumber(
    'replyTimeoutMs',
    options.replyTimeoutMs ?? DEFAULT_REPLY_TIMEOUT_MS,
    1,
    2 ** 31 - 1,
  );
  let faults = checkFaults(options.faults ?? {});
  let requests = 0;

  const to = { address, ca: tls?.ca, readyTimeoutMs: Math.min(replyTimeoutMs, LONGEST_READY_TIMEOUT_MS) };
  const connection = openRedisConnection({ ...to, replyTimeoutMs, onChange: onRedisChange });
  const streams = createEventStreams(to);
  const answer = createRestRequests({
    connection,
    streams,
    accessOf,
    maxBodyBytes,
    random,
    faults: () => faults,
  });
  const server = createServer(
    { noDelay: true, keepAliveTimeout: IDLE_CONNECTION_MS, ...PROBES },
    (request, response) => {
      requests += 1;
      void answer(request, response);
    },
  );
  const clients = trackClients(server, { isRef: keepsProcessAlive });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(listenPort, host, resolve);
    });
  } catch (error) {
    connection.close();
    throw error;
  }
  if (!keepsProcessAlive) server.unref();
  const { port } = server.address() as AddressInfo;
  await connection.attempted;
  let stopped: Promise<void> | undefined;

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    token,
    readOnlyToken,
    get requests() {
      return requests;
    },
    costOf: (work) => costOf(work, connection, () => requests),
    setFaults(next) {
      faults = checkFaults(next);
    },
    stop({ isGraceful = true } = {}) {
      stopped ??= new Promise<void>((resolve) => server.close(() => resolve())).then(() =>
        connection.close(),
      );
      streams.endAll();
      if (isGraceful) {
        clients.endWhenAnswered();
      } else {
        clients.reset();
        connection.close();
      }
      return stopped;
    },
  };
}

function wholeNumber(option: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new InvalidRestOptionError(option, `must be a whole number from ${min} to ${max}, is ${value}`);
}
