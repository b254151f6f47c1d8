import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { findFreePort } from '@switchyard/local-server';
import {
  billedCommands,
  countConnections,
  findRedisServer,
  parseClientList,
  parseCommandStats,
  startRedis,
  type RedisServer,
} from './index.js';

const running: RedisServer[] = [];

async function start(settings?: Record<string, string>): Promise<RedisServer> {
  const server = await startRedis({ settings });
  running.push(server);
  return server;
}

async function using<T>(server: RedisServer, body: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(server.url, { lazyConnect: true, retryStrategy: () => null });
  try {
    await redis.connect();
    return await body(redis);
  } finally {
    redis.disconnect();
  }
}

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A process that nobody has reaped yet is dead all the same.
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return !existsSync('/proc/self');
  }
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await sleep(20);
  }
}

describe('startRedis', () => {
  it('starts a server that evicts nothing, saves nothing and listens on 127.0.0.1 only', async () => {
    const server = await start();
    expect(server.url).toBe(`redis://127.0.0.1:${server.port}`);
    const settings = await using(server, (redis) =>
      redis.config('GET', 'maxmemory-policy', 'save', 'appendonly', 'bind', 'dir'),
    );
    expect(settings).toEqual(
      expect.arrayContaining(['noeviction', 'save', '', 'appendonly', 'no', '127.0.0.1', server.folder]),
    );
  });

  it('takes settings, several arguments in one value included', async () => {
    const server = await start({
      save: '900 1 300 10',
      appendonly: 'yes',
      'maxmemory-policy': 'allkeys-lru',
    });
    const settings = await using(server, (redis) =>
      redis.config('GET', 'save', 'appendonly', 'maxmemory-policy'),
    );
    expect(settings).toEqual(expect.arrayContaining(['900 1 300 10', 'yes', 'allkeys-lru']));
  });

  it('puts the password into the URL', async () => {
    const server = await start({ requirepass: 'p@ss/word' });
    expect(await using(server, (redis) => redis.ping())).toBe('PONG');
  });

  it('runs side by side with others', async () => {
    const servers = await Promise.all([start(), start(), start(), start()]);
    expect(new Set(servers.map((server) => server.port)).size).toBe(4);
    const pids = await Promise.all(
      servers.map((server) =>
        using(server, async (redis) => Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1])),
      ),
    );
    expect(pids).toEqual(servers.map((server) => server.pid));
  });

  it('takes another port when somebody was faster', async () => {
    const first = await start();
    const free = await findFreePort();
    const ports = [first.port, free];
    const second = await startRedis({ findPort: async () => ports.shift() ?? 0 });
    running.push(second);
    expect(second.port).toBe(free);
    expect(await using(second, (redis) => redis.ping())).toBe('PONG');
  });

  it('ends with the process and its folder gone, however often it is stopped', async () => {
    const server = await start();
    const { pid, folder } = server;
    expect(existsSync(folder)).toBe(true);
    await server.stop();
    await server.stop();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  it('fails with the end of the log when a setting is none', async () => {
    const attempt = startRedis({ settings: { 'maxmemory-policy': 'sometimes' } });
    await expect(attempt).rejects.toMatchObject({
      code: 'REDIS_START_FAILED',
      logTail: expect.stringContaining('maxmemory-policy'),
    });
  });

  it.each([{ port: '6379' }, { DIR: '/' }, { 'max memory': '1' }, { appendonly: 'yes\nport 1' }])(
    'refuses settings that are not its to make: %j',
    async (settings) => {
      await expect(startRedis({ settings: settings as unknown as Record<string, string> })).rejects.toThrow(
        TypeError,
      );
    },
  );

  it('fails when the program is no Redis, and leaves no folder', async () => {
    const server = await start();
    const data = dirname(server.folder);
    const before = readdirSync(data);
    const binary = { path: '/bin/true', env: {}, source: 'PATH' as const };
    await expect(startRedis({ binary })).rejects.toMatchObject({ code: 'REDIS_START_FAILED' });
    expect(readdirSync(data).filter((name) => !before.includes(name))).toEqual([]);
  });

  it('fails in time when the program never answers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'silent-'));
    const path = join(folder, 'redis-server');
    writeFileSync(path, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
    const binary = { path, env: {}, source: 'PATH' as const };
    try {
      await expect(startRedis({ binary, readyTimeoutMs: 300 })).rejects.toThrow('not ready within 300 ms');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('restart', () => {
  it('leaves nothing behind when it is stopped meanwhile', async () => {
    const server = await startRedis();
    const restarted = server.restart();
    await server.stop();
    await restarted;
    expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
    expect(existsSync(server.folder)).toBe(false);
  });

  it.each([{ kill: false }, { kill: true }])('keeps port and written data, with %j', async (options) => {
    const server = await start({ appendonly: 'yes', appendfsync: 'always' });
    const { pid, port, url } = server;
    await using(server, (redis) => redis.set('kept', 'yes'));
    await server.restart(options);
    expect(server.pid).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
    expect([server.port, server.url]).toEqual([port, url]);
    expect(await using(server, (redis) => redis.get('kept'))).toBe('yes');
  });

  it('brings a killed server back', async () => {
    const server = await start();
    await server.kill();
    await expect(using(server, (redis) => redis.ping())).rejects.toThrow();
    await server.restart();
    expect(await using(server, (redis) => redis.ping())).toBe('PONG');
  });

  it.each(['something silent', 'another Redis'])('says so when %s took the port meanwhile', async (who) => {
    const server = await start();
    await server.kill();
    const leave = await (who === 'another Redis' ? runRedisOn(server.port) : listenOn(server.port));
    try {
      await expect(server.restart()).rejects.toMatchObject({
        code: 'REDIS_START_FAILED',
        logTail: expect.stringMatching(/address already in use/i),
      });
    } finally {
      await leave();
    }
    await server.restart();
    expect(await using(server, (redis) => redis.ping())).toBe('PONG');
  });

  async function listenOn(port: number) {
    const squatter = createServer((socket) => socket.resume()).listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    return () => new Promise((resolve) => squatter.close(resolve));
  }

  async function runRedisOn(port: number) {
    const { path, env } = await findRedisServer();
    const squatter = spawn(path, ['--port', String(port), '--save', '', '--bind', '127.0.0.1'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const text of squatter.stdout) if (String(text).includes('Ready to accept')) break;
    return async () => {
      squatter.kill();
      await once(squatter, 'exit');
    };
  }
});

describe('a server whose process dies', () => {
  const elsewhere: ChildProcess[] = [];

  afterEach(() => {
    for (const child of elsewhere.splice(0)) child.kill('SIGKILL');
  });

  /** Starts a server in a process of its own, which then hangs, ends, or is killed. */
  async function startElsewhere(then: string) {
    const index = fileURLToPath(new URL('../dist/index.js', import.meta.url));
    const script = `
      import { startRedis } from ${JSON.stringify(index)};
      const { pid, folder } = await startRedis();
      process.stdout.write(JSON.stringify({ pid, folder }) + '\\n');
      ${then}
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    elsewhere.push(child);
    const exited = once(child, 'exit');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return { child, exited, ...(JSON.parse(line.toString()) as { pid: number; folder: string }) };
  }

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('dies with it after %s', async (signal) => {
    const { child, exited, pid, folder } = await startElsewhere('setInterval(() => {}, 1000);');
    expect(isAlive(pid)).toBe(true);
    child.kill(signal);
    await exited;
    await until('the server is gone', () => !isAlive(pid));
    await until('its folder is gone', () => !existsSync(folder));
  });

  it('does not keep it from ending, and ends with it', async () => {
    const { exited, pid, folder } = await startElsewhere('');
    expect(await exited).toEqual([0, null]);
    await until('the server is gone', () => !isAlive(pid));
    await until('its folder is gone', () => !existsSync(folder));
  });
});

describe('counting on a real server', () => {
  it('bills what a script runs inside, and not who asks', async () => {
    const server = await start();
    await using(server, async (redis) => {
      const read = async () => parseCommandStats(await redis.info('commandstats'));
      const before = await read();
      await redis.ping();
      await redis.config('GET', 'save');
      await redis.set('a', '1');
      await redis.eval("redis.call('INCR', KEYS[1]); redis.call('INCR', KEYS[1])", 1, 'a');
      await redis.multi().get('a').get('a').exec();
      // SET 1, EVAL 1 + 2 inside, MULTI + 2 GET + EXEC 4.
      expect(billedCommands(before, await read())).toBe(8);
    });
  });

  it('counts a blocking command once, and only when it is answered', async () => {
    const server = await start();
    const waiting = new Redis(server.url);
    try {
      await using(server, async (redis) => {
        const read = async () => parseCommandStats(await redis.info('commandstats'));
        const before = await read();
        await waiting.bzpopmin('nothing', 0.05);
        expect(billedCommands(before, await read())).toBe(1);
      });
    } finally {
      waiting.disconnect();
    }
  });

  it('counts connections without the one that asks', async () => {
    const server = await start();
    const others = await Promise.all(
      [1, 2, 3].map(async () => {
        const redis = new Redis(server.url);
        await redis.ping();
        return redis;
      }),
    );
    try {
      await using(server, async (redis) => {
        const clients = parseClientList(String(await redis.client('LIST')));
        expect(countConnections(clients)).toBe(3);
        expect(countConnections(clients, await redis.client('ID'))).toBe(3);
      });
    } finally {
      others.forEach((redis) => redis.disconnect());
    }
  });
});

describe('findRedisServer', () => {
  it('answers with a server that starts', async () => {
    const binary = await findRedisServer();
    const server = await startRedis({ binary });
    running.push(server);
    expect(await using(server, (redis) => redis.ping())).toBe('PONG');
  });
});
