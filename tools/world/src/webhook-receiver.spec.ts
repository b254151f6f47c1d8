import { ConnectError } from '@switchyard/catchup-domain';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.js';

let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(() => receiver.stop());

const push = {
  'x-goog-channel-id': 'channel',
  'x-goog-channel-token': 'token',
  'x-goog-resource-id': 'resource',
  'x-goog-resource-state': 'exists',
  'x-goog-message-number': '2',
};
const post = async (headers: Record<string, string>) =>
  (await fetch(receiver.pushUrl, { method: 'POST', headers })).status;
const comeBack = (cookie = 'theme=dark; session=anna') =>
  fetch(`${receiver.redirectUrl}?state=s&code=c`, { redirect: 'manual', headers: { cookie } });

it('asks to be tried again while nobody handles anything', async () => {
  expect(await post(push)).toBe(503);
});

it('refuses a push that is none for good, and one that fails for now', async () => {
  receiver.handle({ signedIn: async () => '/', pushed: () => Promise.reject(new Error('database gone')) });
  expect(await post({ ...push, 'x-goog-message-number': 'two' })).toBe(400);
  expect(await post(push)).toBe(500);
  expect((await fetch(`${receiver.pushUrl}/else`)).status).toBe(404);
  expect(receiver.received).toEqual([]);
});

it('notes what became of a push', async () => {
  receiver.handle({
    signedIn: async () => '/',
    pushed: async ({ messageNumber }) => ({
      action: 'ignore',
      reason: messageNumber === 2 ? 'greeting' : 'stopped',
    }),
  });
  expect(await post(push)).toBe(200);
  expect(receiver.received).toEqual([{ action: 'ignore', reason: 'greeting' }]);
});

it('hands a callback on with the session it came in, and says why it was refused', async () => {
  receiver.handle({
    pushed: () => Promise.reject(new Error('no push')),
    signedIn: async (parameters, userId) => {
      if (userId !== 'anna') throw new ConnectError('wrong-user');
      return `/settings?state=${parameters.get('state')}`;
    },
  });
  const answer = await comeBack();
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/settings?state=s']);
  const refused = await comeBack('session=ben');
  expect([refused.status, await refused.text()]).toEqual([400, 'wrong-user']);
});
