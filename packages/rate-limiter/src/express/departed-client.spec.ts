import type express from 'express';
import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { definePolicies } from '../policy.js';
import { recordingApp, type RecordingApp } from '../spec-support/recording-app.js';
import { scriptLimiter } from '../spec-support/scripted-limiter.js';
import { serve, stopServing } from '../spec-support/serve-express.js';
import { rateLimit } from './index.js';

const policies = definePolicies({ API: { algorithm: 'sliding-window', limit: 10, windowSeconds: 60 } });
const limited = { outcome: 'limited', allowed: false, remaining: 0, retryAfterMs: 12_300 } as const;

let recorded: RecordingApp;
afterEach(stopServing);

function appWith(...middleware: express.RequestHandler[]): express.Express {
  recorded = recordingApp(...middleware);
  return recorded.app;
}

describe('a client that goes away', () => {
  /** A limiter that answers once `event` has come to pass. */
  const answeringAfter = (event: Promise<unknown>) => {
    const limiter = scriptLimiter(policies, () => limited);
    const checkAll: typeof limiter.checkAll = async (requests) => {
      await event;
      return limiter.checkAll(requests);
    };
    return { limiter: { ...limiter, checkAll }, asked: limiter.asked };
  };
  const nextTurn = () => new Promise(setImmediate);

  test('is not let in uncounted: a request whose address cannot be read any more is dropped', async () => {
    const limiter = scriptLimiter(policies);
    const lookUpSlowly = async ({ socket }: express.Request) => {
      socket.destroy();
      await once(socket, 'close');
      return undefined;
    };
    const { get, server } = await serve(appWith(rateLimit(limiter, { policy: 'API', user: lookUpSlowly })));
    const connected = once(server, 'connection');
    await expect(get()).rejects.toThrow('socket hang up');
    const [socket] = (await connected) as [Socket];
    if (!socket.closed) await once(socket, 'close');
    await nextTurn();
    expect({ handled: recorded.handled, errors: recorded.errors, asked: limiter.asked }).toEqual({
      handled: 0,
      errors: [],
      asked: [],
    });
  });

  test('while the limiter is asked gets no answer, and nothing breaks', async () => {
    const events = new EventEmitter();
    const { limiter, asked } = answeringAfter(once(events, 'closed'));
    const leave: express.RequestHandler = ({ socket }, _response, next) => {
      socket.once('close', () => events.emit('closed'));
      next();
      socket.destroy();
    };
    const { get } = await serve(appWith(leave, rateLimit(limiter, { policy: 'API', user: () => 'u1' })));
    const closed = once(events, 'closed');
    await expect(get()).rejects.toThrow('socket hang up');
    await closed;
    await nextTurn();
    expect({ handled: recorded.handled, errors: recorded.errors, times: asked.length }).toEqual({
      handled: 0,
      errors: [],
      times: 1,
    });
  });

  test('because the app has answered meanwhile, by a time-out, is not answered twice', async () => {
    const events = new EventEmitter();
    const { limiter, asked } = answeringAfter(once(events, 'answered'));
    const timeOut: express.RequestHandler = (_request, response, next) => {
      next();
      response.status(504).end();
      setImmediate(() => events.emit('answered'));
    };
    const answered = once(events, 'answered');
    const { get } = await serve(appWith(timeOut, rateLimit(limiter, { policy: 'API' })));
    expect((await get()).status).toBe(504);
    await answered;
    await nextTurn();
    expect({ handled: recorded.handled, errors: recorded.errors, times: asked.length }).toEqual({
      handled: 0,
      errors: [],
      times: 1,
    });
  });
});
