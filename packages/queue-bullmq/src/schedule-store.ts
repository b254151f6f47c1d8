import type { BullMqQueue } from './bullmq-queue.js';
import { createScript } from './script.js';
import { runOf, suspendedSchedule, type StoredSchedule } from './stored-schedule.js';
import { suspendScheduleLua } from './suspend-schedule.lua.js';

const suspendSchedule = createScript(suspendScheduleLua);

/** Reading and taking away schedules as they lie in Redis, by stored id. Putting them there is BullMQ's part. */
export interface ScheduleStore {
  read(id: string): Promise<StoredSchedule | null>;
  readAll(): Promise<readonly StoredSchedule[]>;
  readSuspended(): Promise<readonly StoredSchedule[]>;
  /** Takes a schedule and its pending firing away in one step, into the side hash or for good. */
  take(id: string, what: 'keep' | 'drop'): Promise<StoredSchedule | null>;
  /** Drops what the side hash holds; answers whether there was something. */
  forget(id: string): Promise<boolean>;
  /** Drops the schedule wherever it is. */
  remove(id: string): Promise<boolean>;
}

export function createScheduleStore({ context, key }: BullMqQueue): ScheduleStore {
  const redis = context.connection;
  const suspended = key('switchyard:suspended');

  const complete = async (
    storedId: string,
    score: string,
    hash: Record<string, string>,
  ): Promise<StoredSchedule> => {
    const slotMs = Number(score);
    const [started, options = null] = await redis.hmget(key(`repeat:${storedId}:${score}`), 'ats', 'opts');
    const isTaken = options === null ? slotMs <= Date.now() : Number(started ?? 0) > 0;
    return { storedId, hash, slotMs, isTaken, run: runOf(options) };
  };

  const store: ScheduleStore = {
    async read(id) {
      const [score, hash] = await Promise.all([
        redis.zscore(key('repeat'), id),
        redis.hgetall(key(`repeat:${id}`)),
      ]);
      return score === null ? null : complete(id, score, hash);
    },
    async readAll() {
      const entries = await redis.zrange(key('repeat'), 0, -1, 'WITHSCORES');
      const reading: Promise<StoredSchedule>[] = [];
      for (let at = 0; at + 1 < entries.length; at += 2) {
        const [id, score] = [String(entries[at]), String(entries[at + 1])];
        reading.push(redis.hgetall(key(`repeat:${id}`)).then((hash) => complete(id, score, hash)));
      }
      const all = await Promise.all(reading);
      // Gone between the two reads.
      return all.filter(({ hash }) => hash.name !== undefined);
    },
    async readSuspended() {
      const entries = await redis.hgetall(suspended);
      return Object.entries(entries).map(([id, entry]) => suspendedSchedule(id, entry));
    },
    async take(id, what) {
      const keys = ['repeat', `repeat:${id}`, 'delayed', 'prioritized', 'wait'].map(key);
      const reply = await suspendSchedule(redis, [...keys, suspended], [id, key(''), what]);
      return typeof reply === 'string' ? suspendedSchedule(id, reply) : null;
    },
    async forget(id) {
      return (await redis.hdel(suspended, id)) === 1;
    },
    async remove(id) {
      const taken = await store.take(id, 'drop');
      const forgotten = await store.forget(id);
      return taken !== null || forgotten;
    },
  };
  return store;
}
