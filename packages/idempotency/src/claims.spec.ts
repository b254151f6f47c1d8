import { RedisUnavailableError, type HttpRedis, type RedisCommand } from '@switchyard/http-redis';
import { claimedRecord, createToken } from './claim-record.js';
import { createTakeClaim } from './claims.js';

describe('a claim that is lost between its answer and the renewal', () => {
  it('is told by who has the key then', async () => {
    const theirs = claimedRecord(createToken(), 7000);
    let asked = 0;
    let ours = '';
    const redis = {
      async command([, , record]: RedisCommand) {
        asked += 1;
        if (asked > 2) return theirs;
        if (asked === 2) return ours;
        ours = String(record);
        throw new Error('no answer');
      },
      script: async () => 'c',
    } as unknown as HttpRedis;
    const take = createTakeClaim({ redis, namespace: 'app', windowMs: 1000, maxResultBytes: 1000 });
    const request = { leaseMs: 1000 };
    await expect(take('key', request)).rejects.toThrow('no answer');
    expect(await take('key', request)).toEqual({ state: 'in-progress', retryAfterMs: 7000 });
  });
});

describe('claims whose answers were lost', () => {
  it('are remembered beside any number of those that did not go out', async () => {
    const details = { status: null, systemCode: null, retryAfterMs: null, mayHaveBeenApplied: false };
    const call = { command: 'SET', keyPrefix: null, tries: 0 };
    const refusal = new RedisUnavailableError(call, 'circuit-open', details);
    let lost = '';
    const redis = {
      async command([, key, record]: RedisCommand) {
        if (key !== 'idempotency:app:lost') throw refusal;
        if (lost !== '') return lost;
        lost = String(record);
        throw new Error('no answer');
      },
      script: async () => 'written',
    } as unknown as HttpRedis;
    const take = createTakeClaim({ redis, namespace: 'app', windowMs: 1000, maxResultBytes: 1000 });
    const claim = (key: string) => take(key, { leaseMs: 1000 }).catch(() => undefined);
    await claim('lost');
    for (let n = 0; n < 10_000; n++) await claim('refused');
    expect(await claim('lost')).toMatchObject({ state: 'fresh' });
  });
});
