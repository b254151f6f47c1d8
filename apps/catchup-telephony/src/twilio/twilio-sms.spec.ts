import { inspect } from 'node:util';
import { createTwilioSms } from './twilio-sms.js';
import { rejection, startSmsLab, TO, type SmsLab } from '../spec-support/lab.js';

let lab: SmsLab;
beforeEach(async () => {
  lab = await startSmsLab();
});
afterEach(() => lab.stop());

const SECRET_TEXT = 'Call Ada today';
const send = (to = TO, body = SECRET_TEXT) => lab.sms.send({ to, body });
const accepted = () => lab.standIn.messages.length;

describe('surely not sent', () => {
  test.each(['', '0151 1234', '+49', '+4915112345678x'])('no number: %p', async (to) => {
    expect(await rejection(send(to))).toMatchObject({ code: 'ERR_SMS_INVALID_NUMBER', retryable: false });
    expect(lab.standIn.requestCount).toBe(0);
  });

  test.each([' ', 'x'.repeat(1601)])('a text that is none, or too long', async (body) => {
    expect(await rejection(send(TO, body))).toMatchObject({ code: 'ERR_SMS_PERMANENT' });
    expect(lab.standIn.requestCount).toBe(0);
  });

  test('a recipient who said STOP', async () => {
    lab.standIn.setOptedOut(TO, true);
    expect(await rejection(send())).toMatchObject({
      code: 'ERR_SMS_RECIPIENT_BLOCKED',
      retryable: false,
      providerCode: 21610,
      maskedNumber: '+49…78',
    });
  });

  test('wrong credentials', async () => {
    const settings = {
      accountSid: lab.standIn.accountSid,
      authToken: 'f'.repeat(32),
      from: { number: lab.standIn.numbers[0] as string },
      apiUrl: lab.standIn.url,
    };
    const sms = createTwilioSms({ settings });
    const error = await rejection(sms.send({ to: TO, body: SECRET_TEXT }));
    expect(error).toMatchObject({ code: 'ERR_SMS_PERMANENT', status: 401, providerCode: 20003 });
    sms.close();
  });

  test('too many requests: tried again within the budget, then said so', async () => {
    lab.standIn.setFaults([{ kind: 'too-many-requests', retryAfterSeconds: 2 }]);
    expect(await rejection(send())).toMatchObject({
      code: 'ERR_SMS_RATE_LIMITED',
      retryable: true,
      retryAfterMs: 3000,
    });
    expect(lab.waits).toEqual([2250, 2500]);
    expect(lab.standIn.requestCount).toBe(3);
    expect(accepted()).toBe(0);
  });

  test('too many requests once: sent once', async () => {
    lab.standIn.setFaults([{ kind: 'too-many-requests', times: 1 }]);
    await send();
    expect(accepted()).toBe(1);
  });

  test('nobody at the address: tried again, then temporary', async () => {
    await lab.standIn.stop();
    expect(await rejection(send())).toMatchObject({ code: 'ERR_SMS_TEMPORARY', retryable: true });
    expect(lab.waits).toHaveLength(2);
  });

  test('called off before it began', async () => {
    const error = await rejection(lab.sms.send({ to: TO, body: 'x' }, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'ERR_SMS_TEMPORARY' });
    expect(lab.standIn.requestCount).toBe(0);
  });
});

describe('perhaps sent', () => {
  test.each([
    ['drop-after', 1],
    ['unavailable-after', 1],
    ['truncated-json', 1],
    ['drop-before', 0],
    ['internal-error', 0],
  ] as const)('%s: never repeated', async (kind, count) => {
    lab.standIn.setFaults([{ kind }]);
    expect(await rejection(send())).toMatchObject({ code: 'ERR_SMS_OUTCOME_UNKNOWN' });
    expect(lab.standIn.requestCount).toBe(1);
    expect(accepted()).toBe(count);
  });

  test('an answer that comes too late, or that nobody waits for any more', async () => {
    await lab.stop();
    lab = await startSmsLab({ timeoutMs: 200 });
    lab.standIn.setFaults([{ kind: 'slow', delayMs: 600_000 }]);
    expect(await rejection(send())).toMatchObject({ code: 'ERR_SMS_OUTCOME_UNKNOWN' });
    const stop = new AbortController();
    const sending = rejection(lab.sms.send({ to: TO, body: 'x' }, { signal: stop.signal }));
    stop.abort();
    expect(['ERR_SMS_OUTCOME_UNKNOWN', 'ERR_SMS_TEMPORARY']).toContain(
      ((await sending) as Error & { code: string }).code,
    );
  });

  test('is found out by asking', async () => {
    const begun = new Date();
    lab.standIn.setFaults([{ kind: 'drop-after', times: 1 }]);
    await rejection(send());
    await send(TO, 'something else');
    const found = await lab.sms.find({ to: TO, sentAfter: begun, body: SECRET_TEXT });
    expect(found).toMatchObject([
      { providerMessageId: lab.standIn.messages[0]?.sid, status: 'queued', segments: 1 },
    ]);
    expect(await lab.sms.find({ to: '+4915112345679', sentAfter: begun })).toEqual([]);
    expect(await lab.sms.find({ to: TO, sentAfter: new Date(Date.now() + 600_000) })).toEqual([]);
    const [{ sid } = { sid: '' }] = lab.standIn.messages;
    await lab.standIn.report(sid, 'delivered');
    expect(await lab.sms.find({ to: TO, sentAfter: begun, body: SECRET_TEXT })).toMatchObject([
      { providerMessageId: sid, status: 'delivered' },
    ]);
  });

  test('is found out however much was sent since, page by page', async () => {
    const begun = new Date();
    await send();
    // Past the first page of a hundred.
    await Promise.all(Array.from({ length: 105 }, (_, more) => send(TO, `no. ${more}`)));
    const asked = lab.standIn.requestCount;
    expect(await lab.sms.find({ to: TO, sentAfter: begun, body: SECRET_TEXT })).toHaveLength(1);
    expect(lab.standIn.requestCount - asked).toBe(2);
  });
});

test('asking that fails says nothing of any message', async () => {
  lab.standIn.setFaults([{ kind: 'internal-error', operation: 'list' }]);
  const query = { to: TO, sentAfter: new Date() };
  expect(await rejection(lab.sms.find(query))).toMatchObject({ code: 'ERR_SMS_LOOKUP', retryable: true });
  expect(await rejection(lab.sms.check())).toMatchObject({ code: 'ERR_SMS_LOOKUP', status: 500 });
  lab.standIn.setFaults([{ kind: 'too-many-requests', operation: 'list', retryAfterSeconds: 3 }]);
  expect(await rejection(lab.sms.find(query))).toMatchObject({ status: 429, retryAfterMs: 3000 });
  await lab.sms.check();
});

test('sends, and says what Twilio made of it', async () => {
  const sent = await lab.sms.send({ to: TO, body: 'ß'.repeat(161) });
  expect(sent).toEqual({ providerMessageId: lab.standIn.messages[0]?.sid, status: 'queued', segments: 2 });
  expect(lab.standIn.messages[0]).toMatchObject({ to: TO, from: lab.standIn.numbers[0] });
});

test('no error shows a text, a number or a secret', async () => {
  for (const kind of ['too-many-requests', 'internal-error', 'drop-after', 'truncated-json'] as const) {
    lab.standIn.setFaults([{ kind }]);
    const error = await rejection(send());
    const shown = inspect(error, { depth: 10 }) + JSON.stringify(error);
    expect(shown).not.toContain(SECRET_TEXT);
    expect(shown).not.toContain(TO);
    expect(shown).not.toContain(lab.standIn.authToken);
  }
});
