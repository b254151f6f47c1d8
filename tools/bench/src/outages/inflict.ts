import {
  parseClientList,
  type FaultyProxy,
  type ProxiedConnection,
  type RedisServer,
} from '@switchyard/local-redis';
import type { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Disturbance } from '../port-app/account.js';
import type { Fault, Victim } from './faults.js';
import { addressesOf } from './victims.js';

export interface Place {
  readonly server: RedisServer;
  readonly proxy: FaultyProxy;
  /** Around the proxy. */
  readonly admin: Redis;
}

/** Lets a fault happen and resolves when server and network are well again. */
export async function inflict(fault: Fault, place: Place): Promise<Disturbance> {
  const { server } = place;
  if (fault.type === 'restart') {
    const fromMs = Date.now();
    if (fault.kill) await server.kill();
    else process.kill(server.pid, 'SIGTERM');
    await sleep(fault.downMs);
    await server.restart({ kill: fault.kill });
    return { fromMs, toMs: Date.now() };
  }
  const hit = await find(fault.of, place);
  const fromMs = Date.now();
  switch (fault.type) {
    case 'reset':
      for (const connection of hit) connection.reset();
      break;
    case 'half-close to-client':
      for (const connection of hit) connection.halfClose('to-client');
      break;
    case 'half-close to-server':
      for (const connection of hit) connection.halfClose('to-server');
      break;
    case 'stall':
      for (const connection of hit) connection.stall(fault.direction);
      await sleep(fault.forMs);
      for (const connection of hit) connection[fault.then]();
      break;
  }
  return { fromMs, toMs: Date.now() };
}

/** Lets connections fall silent, for good as far as this goes. */
export async function fallSilent(victim: Victim, place: Place): Promise<void> {
  for (const connection of await find(victim, place)) connection.stall();
}

async function find(victim: Victim, { proxy, admin }: Place): Promise<readonly ProxiedConnection[]> {
  const addresses = addressesOf(victim, parseClientList(String(await admin.client('LIST'))));
  const found = proxy.connections.filter(({ address }) => address !== undefined && addresses.has(address));
  if (found.length === 0) throw new Error(`there is no connection of the kind "${victim}"`);
  return found;
}
