import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signRequest, startTwilioStandIn, type TwilioStandIn } from '@switchyard/twilio-stand-in';
import fc from 'fast-check';
import { TO } from '../spec-support/lab.js';
import { createTwilioSms } from './twilio-sms.js';
import { MalformedWebhookError, readDeliveryStatus, readInboundSms } from './read-webhook.js';
import { verifyTwilioRequest, type TwilioRequest } from './verify-twilio-request.js';

let standIn: TwilioStandIn;
let server: Server;
let appUrl: string;
let received: (TwilioRequest & { readonly isGenuine: boolean })[];

beforeEach(async () => {
  standIn = await startTwilioStandIn();
  received = [];
  server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8');
    req.on('data', (chunk: string) => (body += chunk));
    req.on('end', () => {
      const request = { url: `${appUrl}${req.url}`, headers: req.headers, body };
      received.push({ ...request, isGenuine: verifyTwilioRequest(request, standIn.authToken) });
      res.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  appUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await standIn.stop();
  server.closeAllConnections();
  server.close();
});

const text = async (body: string): Promise<TwilioRequest & { isGenuine: boolean }> => {
  const posted = await standIn.receiveSms({ from: TO, body, url: `${appUrl}/sms?tenant=a%20b` });
  expect(posted.status).toBe(200);
  return received.at(-1) as TwilioRequest & { isGenuine: boolean };
};

test('a genuine one is taken, and read', async () => {
  const request = await text('Grüße & Küsse = 🚂 + "more"');
  expect(request.isGenuine).toBe(true);
  expect(readInboundSms(request.body)).toEqual({
    providerMessageId: standIn.messages[0]?.sid,
    from: TO,
    to: standIn.numbers[0],
    body: 'Grüße & Küsse = 🚂 + "more"',
    segments: 1,
    mediaCount: 0,
    keyword: null,
  });
});

test('one that was changed, or signed for something else, is not', async () => {
  const { url, headers, body } = await text('Hello');
  const genuine = { url, headers, body };
  const token = standIn.authToken;
  expect(verifyTwilioRequest(genuine, token)).toBe(true);
  expect(verifyTwilioRequest(genuine, 'f'.repeat(32))).toBe(false);
  expect(verifyTwilioRequest({ ...genuine, url: url.replace('a%20b', 'c') }, token)).toBe(false);
  expect(verifyTwilioRequest({ ...genuine, body: `${body}&Body=Bye` }, token)).toBe(false);
  expect(verifyTwilioRequest({ ...genuine, body: body.replace('Hello', 'Bye') }, token)).toBe(false);
  expect(verifyTwilioRequest({ ...genuine, headers: {} }, token)).toBe(false);
  expect(verifyTwilioRequest({ ...genuine, headers: { 'x-twilio-signature': ['a', 'b'] } }, token)).toBe(
    false,
  );
  expect(verifyTwilioRequest({ ...genuine, url: 'no url' }, token)).toBe(false);
});

test('an empty token, with which anybody could sign, is refused', () => {
  const url = 'https://app.example/sms';
  const headers = { 'x-twilio-signature': signRequest('', url, {}) };
  expect(() => verifyTwilioRequest({ url, headers, body: '' }, '')).toThrow(TypeError);
});

test('JSON is taken when its hash is signed in the URL', () => {
  const body = '{"a":1}';
  const hash = '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862';
  const url = `https://app.example/hook?bodySHA256=${hash}`;
  const headers = { 'x-twilio-signature': signRequest('t', url, {}) };
  expect(verifyTwilioRequest({ url, headers, body }, 't')).toBe(true);
  expect(verifyTwilioRequest({ url, headers, body: '{"a":2}' }, 't')).toBe(false);
});

test.each([
  [' stop ', 'stop'],
  ['Unsubscribe', 'stop'],
  ['START', 'start'],
  ['help', 'help'],
  ['please stop it', null],
  ['', null],
])('%p is %p', async (body, keyword) => {
  const request = await text(body);
  expect(readInboundSms(request.body).keyword).toBe(keyword);
});

test('what became of a message comes with the name it was given', async () => {
  const sms = createTwilioSms({
    settings: {
      accountSid: standIn.accountSid,
      authToken: standIn.authToken,
      from: { number: standIn.numbers[0] as string },
      apiUrl: standIn.url,
      statusCallbackUrl: `${appUrl}/status?v=1`,
    },
  });
  const { providerMessageId } = await sms.send({ to: TO, body: 'Hi', idempotencyRef: 'batch 7/ä' });
  await standIn.report(providerMessageId, 'undelivered', 30003);
  const [request] = received;
  expect(request?.isGenuine).toBe(true);
  expect(readDeliveryStatus(request?.url ?? '', request?.body ?? '')).toEqual({
    providerMessageId,
    status: 'undelivered',
    errorCode: 30003,
    idempotencyRef: 'batch 7/ä',
  });
  sms.close();
});

test('a signed webhook that is not what it should be is an error that names the parameter', () => {
  const sid = `SM${'0'.repeat(32)}`;
  for (const [body, parameter] of [
    ['', 'Body'],
    ['Body=x', 'MessageSid'],
    [`Body=x&MessageSid=${sid}&MessageSid=${sid}`, 'MessageSid'],
    [`Body=x&MessageSid=${sid}&From=%00&To=%2B15005550006`, 'From'],
    [`Body=x&MessageSid=${sid}&From=123&To=456&NumMedia=many`, 'NumMedia'],
  ] as const)
    expect(() => readInboundSms(body)).toThrow(new MalformedWebhookError(parameter));
});

test('nothing that comes breaks anything but by that error', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom('__proto__=1', 'Body[]=1&Body=2', 'constructor=x', '%E0%A4%A')),
      (body) => {
        expect(
          verifyTwilioRequest(
            { url: 'https://a.example/', headers: { 'x-twilio-signature': body }, body },
            't',
          ),
        ).toBe(false);
        expect(() => readInboundSms(body)).toThrow(MalformedWebhookError);
        expect(() => readDeliveryStatus(body, body)).toThrow(MalformedWebhookError);
      },
    ),
  );
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});
