import twilio from 'twilio';
import fc from 'fast-check';
import { signRequest } from './sign.js';
import { startApp, startLab, TO, type Lab } from './spec-support/lab.js';

let lab: Lab;
let app: Awaited<ReturnType<typeof startApp>>;
beforeEach(async () => {
  [lab, app] = await Promise.all([startLab(), startApp()]);
});
afterEach(async () => {
  app.stop();
  await lab.stop();
});

const isGenuine = (token: string) => {
  const { url, headers, form } = app.calls.at(-1) as (typeof app.calls)[number];
  return twilio.validateRequest(token, String(headers['x-twilio-signature']), url, form);
};

test("Twilio's own validator takes any form and any URL that was signed, and nothing else", () => {
  const form = fc.dictionary(fc.stringMatching(/^[A-Za-z]{1,10}$/), fc.string({ unit: 'binary' }));
  const path = fc.stringMatching(/^[a-z]{0,5}(\?[a-z]=[a-z%'2 0]{0,9})?$/);
  fc.assert(
    fc.property(form, path, (params, rest) => {
      const url = `https://app.example/${rest}`;
      const signature = signRequest('token', url, params);
      expect(twilio.validateRequest('token', signature, url, params)).toBe(true);
      expect(twilio.validateRequest('nekot', signature, url, params)).toBe(false);
      expect(twilio.validateRequest('token', signature, url, { ...params, Extra: '1' })).toBe(false);
    }),
  );
});

test('a text comes in signed, in the shape of a message', async () => {
  const posted = await lab.standIn.receiveSms({
    from: TO,
    body: "Köln & 'Bonn' 🚂",
    url: `${app.url}/sms?x=a%20b`,
  });
  expect(posted).toMatchObject({ status: 200, body: '<Response/>' });
  expect(isGenuine(lab.standIn.authToken)).toBe(true);
  expect(isGenuine('f'.repeat(32))).toBe(false);
  expect(app.calls[0]?.form).toMatchObject({
    MessageSid: lab.standIn.messages[0]?.sid,
    From: TO,
    To: lab.from,
    Body: "Köln & 'Bonn' 🚂",
    NumMedia: '0',
    NumSegments: '1',
  });
});

test('who texts STOP gets nothing more until START', async () => {
  const text = (body: string) => lab.standIn.receiveSms({ from: TO, body, url: `${app.url}/sms` });
  const send = () => lab.client.messages.create({ to: TO, from: lab.from, body: 'Hello' });
  await text(' stop ');
  expect(app.calls.at(-1)?.form).toMatchObject({ OptOutType: 'STOP' });
  await expect(send()).rejects.toMatchObject({ status: 400, code: 21610 });
  await text('please start');
  await expect(send()).rejects.toMatchObject({ code: 21610 });
  await text('Start');
  await send();
  lab.standIn.setOptedOut(TO, true);
  await expect(send()).rejects.toMatchObject({ code: 21610 });
});

test('each status is reported, signed, to whom the sender named, or to nobody', async () => {
  const send = (statusCallback?: string) =>
    lab.client.messages.create({ to: TO, from: lab.from, body: 'Hello', statusCallback });
  const { sid } = await send(`${app.url}/status?ref=7`);
  for (const status of ['sending', 'sent', 'failed'] as const)
    await lab.standIn.report(sid, status, status === 'failed' ? 30005 : undefined);
  expect(app.calls.map(({ form }) => [form.MessageSid, form.MessageStatus, form.ErrorCode])).toEqual([
    [sid, 'sending', undefined],
    [sid, 'sent', undefined],
    [sid, 'failed', '30005'],
  ]);
  expect(app.calls[0]?.url).toBe(`${app.url}/status?ref=7`);
  expect(isGenuine(lab.standIn.authToken)).toBe(true);
  expect(await lab.standIn.report((await send()).sid, 'delivered')).toBeUndefined();
  expect(app.calls).toHaveLength(3);
});

test('an app that does not answer keeps nobody', async () => {
  const silent = { from: TO, body: 'Hello', url: `${app.url}/silent` };
  const called = app.called();
  const texting = lab.standIn.receiveSms(silent);
  await called;
  await lab.stop();
  expect(await texting).toMatchObject({ status: 0, body: '' });
  const hasty = await startLab({ webhookTimeoutMs: 20 });
  expect(await hasty.standIn.receiveSms(silent)).toMatchObject({ status: 0 });
  await hasty.stop();
});
