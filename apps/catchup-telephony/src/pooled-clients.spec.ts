import { createPooledSms } from './pooled-sms.js';
import { createPooledSpeech } from './pooled-speech.js';
import { createPoolManager } from './pools/pool-manager.js';
import { rejection, startSmsLab, TO } from './spec-support/lab.js';
import { createTwilioSms } from './twilio/twilio-sms.js';

test('no more messages are on their way at once than there are clients, and each is sent once', async () => {
  const lab = await startSmsLab();
  const settings = {
    accountSid: lab.standIn.accountSid,
    authToken: lab.standIn.authToken,
    from: { number: lab.standIn.numbers[0] as string },
    apiUrl: lab.standIn.url,
  };
  const sms = createPooledSms(() => createTwilioSms({ settings }), { max: 2 });
  await Promise.all(Array.from({ length: 10 }, (_, at) => sms.send({ to: TO, body: `Message ${at}` })));
  expect(new Set(lab.standIn.messages.map(({ body }) => body)).size).toBe(10);
  expect(sms.pool.stats()).toMatchObject({ size: 2, borrowed: 0, totals: { created: 2, acquired: 10 } });
  expect(await sms.find({ to: TO, sentAfter: new Date(Date.now() - 60_000) })).toHaveLength(10);

  const pools = createPoolManager({ sms: sms.pool });
  expect(await pools.checkHealth()).toBe('healthy');
  await lab.standIn.stop();
  expect(await pools.checkHealth()).not.toBe('healthy');
  await pools.drain();
  expect(await rejection(sms.send({ to: TO, body: 'Too late' }))).toMatchObject({
    code: 'ERR_SMS_TEMPORARY',
    retryable: true,
    cause: { code: 'ERR_POOL_DRAINING' },
  });
  expect(await rejection(sms.find({ to: TO, sentAfter: new Date() }))).toMatchObject({
    code: 'ERR_SMS_LOOKUP',
  });
  await lab.stop();
});

test('a refusal makes nobody doubt a client, a lost answer does', async () => {
  const lab = await startSmsLab();
  const asked: string[] = [];
  const client = {
    send: lab.sms.send,
    find: lab.sms.find,
    check: async () => void asked.push('check'),
    close: () => undefined,
  };
  const sms = createPooledSms(() => client, { max: 1 });
  lab.standIn.setOptedOut(TO, true);
  await rejection(sms.send({ to: TO, body: 'Hi' }));
  await rejection(sms.send({ to: '123', body: 'Hi' }));
  lab.standIn.setFaults([{ kind: 'drop-before', times: 1 }]);
  expect(asked).toEqual([]);
  await rejection(sms.send({ to: TO, body: 'Hi' }));
  await rejection(sms.send({ to: TO, body: 'Hi' }));
  expect(asked).toEqual(['check']);
  await sms.pool.drain();
  await lab.stop();
});

test('called off while waiting for a client: surely not sent', async () => {
  const lab = await startSmsLab();
  const sms = createPooledSms(() => lab.sms, { max: 1 });
  const client = await sms.pool.acquire();
  const stop = new AbortController();
  const sending = rejection(sms.send({ to: TO, body: 'Hi' }, { signal: stop.signal }));
  stop.abort(new Error('never mind'));
  expect(await sending).toMatchObject({ code: 'ERR_SMS_TEMPORARY', cause: { message: 'never mind' } });
  expect(lab.standIn.requestCount).toBe(0);
  sms.pool.release(client);
  await sms.pool.drain();
  await lab.stop();
});

test('speech waits for a client, too, and closes it with the pool', async () => {
  let open = 0;
  let most = 0;
  let closed = 0;
  const speech = createPooledSpeech(
    () => ({
      async transcribe() {
        most = Math.max(most, ++open);
        await new Promise((resolve) => setImmediate(resolve));
        open--;
        return { text: 'hello', confidence: null, languageCode: 'en-GB' };
      },
      close: () => void closed++,
    }),
    { max: 3 },
  );
  const audio = { content: new Uint8Array([1]), encoding: 'FLAC' } as const;
  await Promise.all(Array.from({ length: 9 }, () => speech.transcribe(audio, { languageCode: 'en-GB' })));
  expect(most).toBe(3);
  await speech.pool.drain();
  expect(closed).toBe(3);
});
