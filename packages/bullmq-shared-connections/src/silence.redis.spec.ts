import { startFaultyProxy, type FaultyProxy } from '@switchyard/local-redis';
import type { Redis, RedisOptions } from 'ioredis';
import { eventually } from '../spec-support/eventually.js';
import { RedisLab } from '../spec-support/redis-lab.js';
import { realClock, type Clock } from './clock.js';
import type { ErrorSource } from './index.js';
import { serverOrigin } from './origin.js';
import { createSlotGroup, type SlotGroup } from './slot-group.js';

/** The limits are ten seconds; here they are one, in which a machine may stand still for a moment. */
const TIMES_FASTER = 10;
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
    lab = await RedisLab.start({
      settings: { 'key-load-delay': '2000', 'loading-process-events-interval-bytes': '1024' },
    });
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
    return { wake, tell: () => lab.admin.zadd(marker, 0, '0') };
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

  it('has a limit for each step of connecting, even if the lent client has none', async () => {
    const made: RedisOptions[] = [];
    const free = lab.client({ connectTimeout: 0 });
    const { duplicate } = free;
    free.duplicate = (override) => {
      const copy = duplicate.call(free, override);
      made.push(copy.options);
      return copy;
    };
    const shared = lab.share({}, free);
    await lab.closeLater(new shared.Worker('a', async () => undefined)).waitUntilReady();
    expect(made).toEqual([
      expect.objectContaining({ connectTimeout: 10_000, sentinelCommandTimeout: 10_000 }),
    ]);
  });

  it('is left alone while its server loads, however long that takes', async () => {
    const { wake, tell } = await waits();
    const fill = lab.admin.pipeline();
    for (let key = 0; key < 1600; key += 1) fill.set(`key-${key}`, 'x'.repeat(100));
    await fill.exec();
    await lab.admin.save();
    // Two milliseconds a key: as the clock has it, three times the limit.
    const before = proxy.accepted;
    const restarted = lab.server.restart({ kill: true });
    await eventually('it is connected again', () => {
      return proxy.connections.some(({ id, address }) => id > before && address !== undefined);
    });
    const { accepted } = proxy;
    await restarted;
    await eventually('it waits again', () => isBlocked('bzpopmin'));
    await tell();
    await wake;
    expect(silences()).toEqual([]);
    expect(proxy.accepted).toBe(accepted);
  });

  it('is reported once', async () => {
    const { tell, wake } = await waits();
    proxy.stall();
    group.wait.probe();
    await eventually('it is noticed', () => errors.length > 0);
    await tell();
    await wake;
    expect(errors.map(([, code]) => code)).toEqual(['SHARED_CONNECTIONS_SILENT']);
  });

  it('is reported once, with the reason, when the lent client cannot interrupt it', async () => {
    await waits();
    lent.disconnect();
    await eventually('it is lost', () => lent.status === 'end');
    group.wait.probe();
    await eventually('it is noticed', () => errors.length > 0);
    await eventually('it waits again', () => isBlocked('bzpopmin'));
    const ofTheWait = errors.filter(([source]) => source === 'wait');
    expect(ofTheWait.map(([, code]) => code)).toEqual(['SHARED_CONNECTIONS_SILENT']);
  });
});
