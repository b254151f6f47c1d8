import { ConnectionClosedError } from 'bullmq';
import { createManualClock } from '../spec-support/manual-clock.js';
import { isAway, whileAway } from './while-away.js';

const away = new Error('Too many Cluster redirections. Last error: Error: Connection is closed.');

/** Lets what was promised happen, and time pass. */
async function pass(clock: ReturnType<typeof createManualClock>, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(100);
  }
  await new Promise((resolve) => setImmediate(resolve));
}

describe('whileAway', () => {
  it('sends again until somebody serves the keys', async () => {
    const clock = createManualClock();
    let sent = 0;
    const send = async () => {
      sent += 1;
      if (sent < 4) throw away;
      return 'done';
    };
    const done = whileAway(send, () => false, clock);
    await pass(clock, 1000);
    expect(await done).toBe('done');
    expect(sent).toBe(4);
  });

  it('says after ten seconds what BullMQ takes for a lost connection, not for a failed job', async () => {
    const clock = createManualClock();
    const done = whileAway(
      () => Promise.reject(away),
      () => false,
      clock,
    ).catch((error: unknown) => error);
    await pass(clock, 10_500);
    expect(await done).toEqual(new ConnectionClosedError(undefined, away));
    expect(await done).toHaveProperty('cause', away);
  });

  it('says so at once when its worker closes', async () => {
    const closing = whileAway(
      () => Promise.reject(away),
      () => true,
      createManualClock(),
    );
    await expect(closing).rejects.toThrow(ConnectionClosedError);
  });

  it('leaves every other error to BullMQ', async () => {
    const lost = new Error('Missing lock for job 1. moveToFinished');
    await expect(
      whileAway(
        () => Promise.reject(lost),
        () => false,
        createManualClock(),
      ),
    ).rejects.toBe(lost);
  });
});

describe('isAway', () => {
  it.each([
    'CLUSTERDOWN The cluster is down',
    'READONLY You can’t write against a read only replica.',
    'LOADING Redis is loading the dataset in memory',
    'TRYAGAIN Multiple keys request during rehashing of slot',
  ])('%s', (message) => expect(isAway(new Error(message))).toBe(true));

  it.each(['Connection is closed.', 'ERR unknown command', 'a handler says LOADING'])('not %s', (message) =>
    expect(isAway(new Error(message))).toBe(false),
  );
});
