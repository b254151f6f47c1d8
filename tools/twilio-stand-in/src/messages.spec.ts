import { clientOf, startLab, TO, type Lab } from './spec-support/lab.js';
import { startTwilioStandIn } from './stand-in.js';

let lab: Lab;
let now: Date;
beforeEach(async () => {
  now = new Date('2026-03-01T10:00:00Z');
  lab = await startLab({ now: () => now });
});
afterEach(() => lab.stop());

const send = (changes: object = {}) =>
  lab.client.messages.create({ to: TO, from: lab.from, body: 'Hello', ...changes });

test.each([
  ['no number', { to: '0151' }, 21211],
  ['no text', { body: '' }, 21602],
  ['a text too long', { body: 'x'.repeat(1601) }, 21617],
  ['nobody as sender', { from: undefined }, 21603],
  ['a sender who is somebody else', { from: '+14155550000' }, 21606],
])('refuses %s as Twilio does', async (_, changes, code) => {
  await expect(send(changes)).rejects.toMatchObject({
    status: 400,
    code,
    moreInfo: `https://www.twilio.com/docs/errors/${code}`,
  });
  expect(lab.standIn.messages).toEqual([]);
});

test('refuses who does not know the token, and an account of somebody else', async () => {
  const stranger = clientOf(lab.standIn, 'f'.repeat(32));
  await expect(stranger.messages.list({ limit: 1 })).rejects.toMatchObject({ status: 401, code: 20003 });
  const other = lab.client.api.v2010.accounts(`AC${'0'.repeat(32)}`);
  await expect(other.messages.list({ limit: 1 })).rejects.toMatchObject({ status: 404, code: 20404 });
  const anonymous = await fetch(
    `${lab.standIn.url}/2010-04-01/Accounts/${lab.standIn.accountSid}/Messages.json`,
  );
  expect(anonymous.status).toBe(401);
});

test('knows no message that was not sent', async () => {
  await expect(lab.client.messages(`SM${'0'.repeat(32)}`).fetch()).rejects.toMatchObject({ code: 20404 });
});

test("Twilio's own library takes it for Twilio: sends, and fetches what it sent", async () => {
  const sent = await send({ body: 'ж'.repeat(71) });
  expect(sent).toMatchObject({
    status: 'queued',
    numSegments: '2',
    direction: 'outbound-api',
    dateCreated: now,
    errorCode: null,
  });
  now = new Date('2026-03-01T10:00:05Z');
  await lab.standIn.report(sent.sid, 'undelivered', 30003);
  expect(await lab.client.messages(sent.sid).fetch()).toMatchObject({
    sid: sent.sid,
    body: 'ж'.repeat(71),
    status: 'undelivered',
    errorCode: 30003,
    dateSent: now,
    dateUpdated: now,
  });
});

test('lists in pages, the newest first, each once', async () => {
  const sids: string[] = [];
  for (let n = 0; n < 7; n++) sids.unshift((await send({ body: `no. ${n}` })).sid);
  await send({ to: '+14155552672' });
  const before = lab.standIn.requestCount;
  const listed = await lab.client.messages.list({ to: TO, pageSize: 3 });
  expect(listed.map(({ sid }) => sid)).toEqual(sids);
  expect(lab.standIn.requestCount - before).toBe(3);
  expect(await lab.client.messages.list({ from: '+14155550000' })).toEqual([]);
  expect(await lab.client.messages.list({ to: TO, limit: 2 })).toHaveLength(2);
});

test('filters by the day of sending, which a message that waits does not have', async () => {
  const { sid } = await send();
  const of = async (query: object) => (await lab.client.messages.list(query)).length;
  expect(await of({ dateSentAfter: new Date('2026-02-01T00:00:00Z') })).toBe(0);
  await lab.standIn.report(sid, 'sent');
  expect(await of({ dateSent: new Date('2026-03-01T23:00:00Z') })).toBe(1);
  expect(await of({ dateSentAfter: new Date('2026-03-01T23:00:00Z') })).toBe(1);
  expect(await of({ dateSentAfter: new Date('2026-03-02T00:00:00Z') })).toBe(0);
  expect(await of({ dateSentBefore: new Date('2026-02-28T23:00:00Z') })).toBe(0);
});

test('the same seed gives the same account and the same ids, another seed others', async () => {
  const again = await startLab();
  const other = await startLab({ seed: 2 });
  const sidOf = async ({ client, from }: Lab) =>
    (await client.messages.create({ to: TO, from, body: 'Hello' })).sid;
  expect(again.standIn.accountSid).toBe(lab.standIn.accountSid);
  expect(await sidOf(again)).toBe(await sidOf(lab));
  expect(await sidOf(other)).not.toBe(await sidOf(lab));
  await Promise.all([again.stop(), other.stop()]);
});

test('refuses options and faults that nobody would heed', async () => {
  await expect(startTwilioStandIn({ seed: 0.5 })).rejects.toThrow('seed is 0.5, allowed: a whole number');
  await expect(startTwilioStandIn({ numbers: ['123'] })).rejects.toThrow('numbers is "123"');
  expect(() => lab.standIn.setFaults([{ kind: 'fire' as 'slow' }])).toThrow('kind is "fire"');
  expect(() => lab.standIn.setFaults([{ kind: 'slow', operation: 'fetch' as 'send' }])).toThrow('operation');
  expect(() => lab.standIn.setFaults([{ kind: 'slow', times: 0 }])).toThrow('times is 0');
  await expect(lab.standIn.report('SM0', 'sent')).rejects.toThrow('sid is "SM0"');
});
