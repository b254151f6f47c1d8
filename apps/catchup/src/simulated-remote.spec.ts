import { isUnrecoverable } from '@switchyard/queue-contract';
import { callRemote, RemoteUnavailableError, simulatedRemote } from './simulated-remote.js';

const call = (remote: object, attempt: number, signal = new AbortController().signal) =>
  callRemote({ data: { remote: simulatedRemote.parse(remote) }, attempt, signal });

test('a payload that says nothing meets a service that answers', async () => {
  await expect(call({}, 1)).resolves.toBeUndefined();
});

test('is down for as many attempts as asked, then answers', async () => {
  await expect(call({ downForAttempts: 2 }, 1)).rejects.toBeInstanceOf(RemoteUnavailableError);
  await expect(call({ downForAttempts: 2 }, 2)).rejects.toBeInstanceOf(RemoteUnavailableError);
  await expect(call({ downForAttempts: 2 }, 3)).resolves.toBeUndefined();
});

test('a refusal is not worth a retry', async () => {
  const error = await call({ refuses: true }, 1).catch((thrown: unknown) => thrown);
  expect(isUnrecoverable(error)).toBe(true);
});

test('an aborted job does not wait for the answer', async () => {
  const closing = new AbortController();
  const waiting = call({ latencyMs: 60_000 }, 1, closing.signal);
  closing.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});
