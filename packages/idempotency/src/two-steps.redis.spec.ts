import {
  ClaimLostError,
  ForeignRecordError,
  InProgressError,
  KeptFailureError,
  ResultNotStorableError,
} from './errors.js';
import { recordKey } from './record-key.js';
import { claimed, rejection } from './spec-support/lab.js';
import { lab, ours, theirs } from './spec-support/two-claimants.js';

const QUEUE = 'token-refresh';

describe('checkIdempotency and markProcessed', () => {
  it('let nobody go on when Redis cannot be reached', async () => {
    const nowhere = lab.open({}, { url: 'http://127.0.0.1:1', retry: 'none' });
    const unavailable = { code: 'ERR_REDIS_UNAVAILABLE' };
    expect(await rejection(nowhere.checkIdempotency(QUEUE, 'nowhere'))).toMatchObject(unavailable);
    expect(await rejection(nowhere.markProcessed(QUEUE, 'nowhere'))).toMatchObject(unavailable);
  });

  it('refuse a key that is not there', async () => {
    const noKey = undefined as unknown as string;
    const refused = { code: 'ERR_IDEMPOTENCY_OPTION', option: 'key' };
    expect(await rejection(ours.checkIdempotency(QUEUE, ''))).toMatchObject(refused);
    expect(await rejection(ours.checkIdempotency(QUEUE, noKey))).toMatchObject(refused);
    expect(await rejection(ours.markProcessed('', 'key'))).toMatchObject(refused);
  });

  it('let one go on, and the others once it was processed', async () => {
    expect(await ours.checkIdempotency(QUEUE, 'plain')).toBe(false);
    for (const idempotency of [ours, theirs]) {
      const error = await rejection(idempotency.checkIdempotency(QUEUE, 'plain'));
      expect(error).toBeInstanceOf(InProgressError);
      expect(error).toMatchObject({ key: 'token-refresh:plain', retryAfterMs: 30_000 });
    }
    await ours.markProcessed(QUEUE, 'plain', { refreshed: true });
    expect(await ours.checkIdempotency(QUEUE, 'plain')).toBe(true);
    expect(await theirs.checkIdempotency(QUEUE, 'plain')).toBe(true);
    expect(await theirs.claim([QUEUE, 'plain'])).toEqual({ state: 'done', result: { refreshed: true } });
  });

  it('let the next go on after a crash between them, once the lease is over', async () => {
    const crashing = lab.open();
    expect(await crashing.checkIdempotency(QUEUE, 'crash', { leaseSeconds: 0.5 })).toBe(false);
    for (;;) {
      const answer = await theirs.checkIdempotency(QUEUE, 'crash').catch((error: unknown) => error);
      if (answer === false) break;
      expect(answer).toBeInstanceOf(InProgressError);
    }
    await theirs.markProcessed(QUEUE, 'crash');
  });

  it('let the next go on at once after a failure that was told', async () => {
    expect(await ours.checkIdempotency(QUEUE, 'failed')).toBe(false);
    expect(await theirs.releaseIdempotency(QUEUE, 'failed')).toBe(false);
    expect(await ours.releaseIdempotency(QUEUE, 'failed')).toBe(true);
    expect(await ours.releaseIdempotency(QUEUE, 'failed')).toBe(false);
    expect(await theirs.checkIdempotency(QUEUE, 'failed')).toBe(false);
  });

  it('refuse a mark once somebody else has the key', async () => {
    expect(await ours.checkIdempotency(QUEUE, 'fenced')).toBe(false);
    await lab.expire([QUEUE, 'fenced']);
    expect(await theirs.checkIdempotency(QUEUE, 'fenced')).toBe(false);
    expect(await rejection(ours.markProcessed(QUEUE, 'fenced'))).toBeInstanceOf(ClaimLostError);
    await theirs.markProcessed(QUEUE, 'fenced', 'theirs');
    expect(await ours.claim([QUEUE, 'fenced'])).toEqual({ state: 'done', result: 'theirs' });
  });

  it('tell one whose key somebody else has processed meanwhile', async () => {
    expect(await ours.checkIdempotency(QUEUE, 'overtaken')).toBe(false);
    await lab.expire([QUEUE, 'overtaken']);
    expect(await theirs.checkIdempotency(QUEUE, 'overtaken')).toBe(false);
    await theirs.markProcessed(QUEUE, 'overtaken');
    expect(await rejection(ours.markProcessed(QUEUE, 'overtaken'))).toMatchObject({ foundInstead: 'end' });
  });

  it('accept a late mark where nobody else took the key', async () => {
    expect(await ours.checkIdempotency(QUEUE, 'late')).toBe(false);
    await lab.expire([QUEUE, 'late']);
    await ours.markProcessed(QUEUE, 'late');
    expect(await theirs.checkIdempotency(QUEUE, 'late')).toBe(true);
  });

  it('record what was never checked, where nobody holds the key', async () => {
    await ours.markProcessed(QUEUE, 'unchecked', 1);
    await theirs.markProcessed(QUEUE, 'unchecked', 2);
    expect(await ours.claim([QUEUE, 'unchecked'])).toEqual({ state: 'done', result: 1 });
    claimed(await theirs.claim([QUEUE, 'held']));
    expect(await rejection(ours.markProcessed(QUEUE, 'held'))).toMatchObject({ foundInstead: 'claim' });
  });

  it.each(['', 'OK'])('take "%s" of somebody else for no end', async (value) => {
    const key = `foreign "${value}"`;
    await lab.admin.set(recordKey('default', [QUEUE, key]), value);
    expect(await rejection(ours.markProcessed(QUEUE, key))).toBeInstanceOf(ForeignRecordError);
    expect(await rejection(ours.checkIdempotency(QUEUE, key))).toBeInstanceOf(ForeignRecordError);
  });

  it('keep the claim when the mark fails, for another try', async () => {
    const brief = lab.open({}, { retry: 'none' });
    expect(await brief.checkIdempotency(QUEUE, 'again')).toBe(false);
    expect(await rejection(brief.markProcessed(QUEUE, 'again', 1n))).toBeInstanceOf(ResultNotStorableError);
    await lab.withoutAnswers(() => rejection(brief.markProcessed(QUEUE, 'again')));
    await brief.markProcessed(QUEUE, 'again');
    expect(await theirs.checkIdempotency(QUEUE, 'again')).toBe(true);
  });

  it('stop at a failure that was kept', async () => {
    await claimed(await ours.claim([QUEUE, 'kept'])).fail(new Error('declined'));
    expect(await rejection(theirs.checkIdempotency(QUEUE, 'kept'))).toBeInstanceOf(KeptFailureError);
  });

  it('keep queues and keys apart', async () => {
    expect(await ours.checkIdempotency('a:b', 'c')).toBe(false);
    expect(await theirs.checkIdempotency('a', 'b:c')).toBe(false);
  });

  it('bill one command and three', async () => {
    await ours.checkIdempotency(QUEUE, 'warm');
    await ours.markProcessed(QUEUE, 'warm');
    expect(await lab.billed(() => ours.checkIdempotency(QUEUE, 'costs'))).toBe(1);
    expect(await lab.billed(() => ours.markProcessed(QUEUE, 'costs'))).toBe(3);
    expect(await lab.billed(() => ours.checkIdempotency(QUEUE, 'costs'))).toBe(1);
  });
});
