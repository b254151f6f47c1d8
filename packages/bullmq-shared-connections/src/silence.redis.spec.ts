import { startFaultyProxy, type FaultyProxy } from '@switchyard/local-redis';
import type { Redis } from 'ioredis';
import { eventually } from '../spec-support/eventually.js';
import { RedisLab } from '../spec-support/redis-lab.js';
import { realClock, type Clock } from './clock.js';
import type { ErrorSource } from './index.js';
import { serverOrigin } from './origin.js';
import { createSlotGroup, type SlotGroup } from './slot-group.js';

/** The limits are seconds. */
const TIMES_FASTER = 20;
const fastClock: Clock = {
  ...realClock,
  nowMs: () => realClock.nowMs() * TIMES_FASTER,
  after: (delayMs, task) => realClock.after(delayMs / TIMES_FASTER, task),
};

describe('a connection that falls silent', () => {
  let lab: RedisLab;
  let proxy: FaultyProxy;
  let lent: Redis;
  let group: SlotGroup;
  const errors: [source: ErrorSource, code: string | undefined, message: string][] = [];

  beforeEach(async () => {
    lab = await RedisLab.start({ settings: { appendonly: 'yes' } });
    proxy = await startFaultyProxy({ targetPort: lab.server.port });
    // The lent client stays sound: duplicates of it go through the proxy, where they can be broken alone.
    lent = lab.client();
    const { duplicate } = lent;
    lent.duplicate = (override) => duplicate.call(lent, { ...override, port: proxy.port });
    const onError = (error: Error & { code?: string }, source: ErrorSource) =>
      void errors.push([source, error.code, error.message]);
    errors.length = 0;
    group = createSlotGroup(
      serverOrigin(lent),
      { onError, blockSeconds: 600, recoveryIntervalMs: 60_000 },
      fastClock,
    );
  });
  afterEach(async () => {
    await group.close();
    await lab.stop();
    await proxy.stop();
  });

  const isBlocked = async (command: string) =>
    ((await lab.admin.client('LIST')) as string).includes(`cmd=${command}`);

  const silences = () => errors.filter(([, code]) => code === 'SHARED_CONNECTIONS_SILENT');

  async function waits() {
    const worker = {};
    const [marker = '', wait = '', prioritized = '', delayed = '', active = ''] = 'mwpda';
    const keys = { marker, wait, prioritized, delayed, active };
    const wake = group.wait.join(keys, worker, Infinity, false);
    await eventually('it waits', () => isBlocked('bzpopmin'));
    return { keys, wake, tell: () => lab.admin.zadd(marker, 0, '0') };
  }

  async function listens() {
    const entries = group.events.read('stream', {}, '$');
    await eventually('it reads', () => isBlocked('xread'));
    return { entries, tell: () => lab.admin.xadd('stream', '*', 'event', 'told') };
  }

  /** Breaks what is open; what is opened instead is accepted, and nothing more is heard of it. */
  async function reconnectIntoSilence() {
    const before = proxy.connections.length;
    proxy.treatNew('stall');
    proxy.reset();
    await eventually('they connect again', () => {
      return proxy.connections.filter(({ isStalled }) => isStalled).length === before;
    });
    proxy.treatNew('pass');
  }

  it('is replaced when it does so right after it was accepted: the wait', async () => {
    const { wake, tell } = await waits();
    await reconnectIntoSilence();
    await tell();
    expect(await wake).toEqual({ member: '0', score: 0 });
    expect(silences()).toEqual([['wait', expect.anything(), expect.stringContaining('accepted')]]);
  });

  it('is replaced when it does so right after it was accepted: the events', async () => {
    const { entries, tell } = await listens();
    await reconnectIntoSilence();
    const id = await tell();
    expect(await entries).toEqual([['stream', [[id, ['event', 'told']]]]]);
    expect(silences()).toEqual([['events', expect.anything(), expect.stringContaining('accepted')]]);
  });
});
