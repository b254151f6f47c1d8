import { startLab, TO, type Lab } from './spec-support/lab.js';
import type { FaultKind } from './faults.js';

let lab: Lab;
beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.stop());

const send = (to = TO) => lab.client.messages.create({ to, from: lab.from, body: 'Hello' });
const failure = (sending: Promise<unknown>) =>
  sending.then(
    () => ({}),
    (error: unknown) => error as { status?: number; code?: unknown },
  );

test.each<[FaultKind, number, object]>([
  ['too-many-requests', 0, { status: 429, code: 20429 }],
  ['internal-error', 0, { status: 500, code: 20500 }],
  ['unavailable-after', 1, { status: 503, code: 20503 }],
  ['drop-before', 0, { code: 'ECONNRESET' }],
  ['drop-after', 1, { code: 'ECONNRESET' }],
  ['truncated-json', 1, { name: 'SyntaxError' }],
])('%s: as often as it was asked for, and %i accepted', async (kind, accepted, error) => {
  lab.standIn.setFaults([{ kind, times: 1 }]);
  expect(await failure(send())).toMatchObject(error);
  expect(lab.standIn.messages).toHaveLength(accepted);
  await send();
  expect(lab.standIn.messages).toHaveLength(accepted + 1);
});

test('strikes only what it is aimed at', async () => {
  lab.standIn.setFaults([
    { kind: 'internal-error', operation: 'list' },
    { kind: 'too-many-requests', to: '+14155552672' },
  ]);
  await send();
  expect(await failure(send('+14155552672'))).toMatchObject({ status: 429 });
  expect(await failure(lab.client.messages.list({ limit: 1 }))).toMatchObject({ status: 500 });
  lab.standIn.setFaults([]);
  await send('+14155552672');
});

test('says how long to wait when it is to', async () => {
  const { url, accountSid, authToken } = lab.standIn;
  lab.standIn.setFaults([{ kind: 'too-many-requests', retryAfterSeconds: 7 }]);
  const answer = await fetch(`${url}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
    headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
  });
  expect(answer.headers.get('retry-after')).toBe('7');
});

test('a slow answer is late, what it answers is done, and stopping does not wait for it', async () => {
  lab.standIn.setFaults([{ kind: 'slow', delayMs: 600_000 }]);
  const sending = failure(send());
  while (lab.standIn.messages.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await lab.stop();
  expect(await sending).toMatchObject({ code: 'ECONNRESET' });
  await lab.stop();
});
