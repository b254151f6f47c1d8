import {
  billedCommands,
  commandsBetween,
  parseClientList,
  parseCommandStats,
  startRedis,
} from '@switchyard/local-redis';
import type { CommandStats, RedisServer, StartRedisOptions } from '@switchyard/local-redis';
import { Queue, Worker, type Processor, type WorkerOptions } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { shareConnections, type SharedConnections, type ShareConnectionsOptions } from '../src/index.js';

interface Billed {
  readonly total: number;
  readonly byName: ReadonlyMap<string, number>;
}

interface Closable {
  close(): Promise<unknown>;
}

/** A real Redis and whatever a spec opens on it, so that nothing is left behind. */
export class RedisLab {
  readonly #toClose: Closable[] = [];
  readonly #clients: Redis[] = [];

  private constructor(
    readonly server: RedisServer,
    readonly admin: Redis,
  ) {}

  static async start(options: StartRedisOptions = {}): Promise<RedisLab> {
    const server = await startRedis(options);
    const admin = quiet(new Redis(server.url, { maxRetriesPerRequest: null }));
    return new RedisLab(server, admin);
  }

  /** A client as an app would make it, through a proxy on another port if need be. */
  client(options: RedisOptions = {}, port = this.server.port): Redis {
    const client = quiet(new Redis(port, this.server.host, { maxRetriesPerRequest: null, ...options }));
    this.#clients.push(client);
    return client;
  }

  /** Shared connections on a client of their own: one process, as far as Redis can tell. */
  share(options: ShareConnectionsOptions = {}, client = this.client()): SharedConnections {
    return this.closeLater(shareConnections(client, options));
  }

  /** A worker of plain BullMQ, as another process would run it. */
  stockWorker(name: string, processor: Processor, options: Partial<WorkerOptions> = {}): Worker {
    const worker = new Worker(name, processor, { ...options, connection: this.client() });
    worker.on('error', () => undefined);
    return this.closeLater(worker);
  }

  stockQueue(name: string): Queue {
    return this.closeLater(new Queue(name, { connection: this.client() }));
  }

  closeLater<T extends Closable>(closable: T): T {
    this.#toClose.push(closable);
    return closable;
  }

  /** Connections of others than the spec's own observer. */
  async connections(): Promise<string[]> {
    const own = String(await this.admin.client('ID'));
    const list = parseClientList((await this.admin.client('LIST')) as string);
    return list.filter(({ id }) => String(id) !== own).map(({ name }) => name);
  }

  async stats(): Promise<CommandStats> {
    return parseCommandStats(await this.admin.info('commandstats'));
  }

  /** Commands a metered Redis bills for while `work` runs, in sum and by name. */
  async billed(work: () => Promise<unknown>): Promise<Billed> {
    const before = await this.stats();
    await work();
    const after = await this.stats();
    return { total: billedCommands(before, after), byName: commandsBetween(before, after) };
  }

  /** The same of a while in which the spec does nothing: there is no event to wait for, time itself is asked about. */
  billedWithin(windowMs: number): Promise<Billed> {
    return this.billed(() => sleep(windowMs));
  }

  /** Closes what is open, the last first, and empties Redis. */
  async clear(): Promise<void> {
    await this.#closeAll();
    await this.admin.flushall();
  }

  async stop(): Promise<void> {
    await this.#closeAll();
    this.admin.disconnect();
    await this.server.stop();
  }

  async #closeAll(): Promise<void> {
    for (const closable of this.#toClose.splice(0).reverse()) await closable.close().catch(() => undefined);
    for (const client of this.#clients.splice(0)) client.disconnect();
  }
}

function quiet(client: Redis): Redis {
  return client.on('error', () => undefined);
}
