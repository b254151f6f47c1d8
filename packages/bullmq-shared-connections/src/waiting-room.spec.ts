import { STOPPED, WaitingRoom, type WaitKeys, type Wake } from './waiting-room.js';

const keysOf = (name: string): WaitKeys => ({
  marker: `bull:${name}:marker`,
  wait: `bull:${name}:wait`,
  prioritized: `bull:${name}:prioritized`,
  delayed: `bull:${name}:delayed`,
  active: `bull:${name}:active`,
});
const BASE = { member: '0', score: 0 };

function setUp(...names: string[]) {
  const room = new WaitingRoom();
  const queues = names.map((name) => room.open(keysOf(name)));
  const woken: [worker: string, wake: Wake][] = [];
  const workers = new Map<string, object>();
  const worker = (name: string) => {
    const known = workers.get(name) ?? { name };
    workers.set(name, known);
    return known;
  };
  const join = (queue: (typeof queues)[number], name: string, untilMs = Infinity) => {
    void room.join(queue, worker(name), untilMs).then((wake) => woken.push([name, wake]));
  };
  const settled = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return woken.splice(0);
  };
  return { room, queues, worker, join, settled };
}

describe('waiting room', () => {
  it('wakes the workers of a queue in the order they came', async () => {
    const { room, queues, join, settled } = setUp('a');
    const queue = queues[0]!;
    join(queue, 'first');
    join(queue, 'second');
    expect(room.wake(queue, BASE)).toBe(true);
    join(queue, 'first');
    expect(room.wake(queue, BASE)).toBe(true);
    expect(room.wake(queue, null)).toBe(true);
    expect(room.wake(queue, BASE)).toBe(false);
    expect(await settled()).toEqual([
      ['first', BASE],
      ['second', BASE],
      ['first', null],
    ]);
  });

  it('asks for the queue served longest ago first', () => {
    const { room, queues, join } = setUp('a', 'b', 'c');
    for (const queue of queues) join(queue, queue.keys.marker);
    room.served(queues[0]!);
    expect(room.keysToAsk()).toEqual(['bull:b:marker', 'bull:c:marker', 'bull:a:marker']);
    room.served(queues[2]!);
    expect(room.keysToAsk()).toEqual(['bull:b:marker', 'bull:a:marker', 'bull:c:marker']);
  });

  it('asks for the queue of a busy worker until it counts as occupied, then from its return on', async () => {
    const { room, queues, join, settled } = setUp('a');
    const queue = queues[0]!;
    join(queue, 'worker');
    room.wake(queue, BASE);
    await settled();
    expect(room.keysToAsk()).toEqual(['bull:a:marker']);
    queue.occupied = true;
    expect(room.keysToAsk()).toEqual([]);
    join(queue, 'worker');
    expect(room.keysToAsk()).toEqual(['bull:a:marker']);
  });

  it('ends the waits of a worker that stops, and of no other', async () => {
    const { room, queues, worker, join, settled } = setUp('a', 'b');
    join(queues[0]!, 'stopping');
    join(queues[0]!, 'staying');
    join(queues[1]!, 'elsewhere');
    room.leave(queues[0]!, worker('stopping'));
    expect(await settled()).toEqual([['stopping', STOPPED]]);
    expect(room.keysToAsk()).toEqual(['bull:a:marker', 'bull:b:marker']);
    room.leave(queues[0]!, worker('staying'));
    expect(await settled()).toEqual([['staying', STOPPED]]);
    expect(room.keysToAsk()).toEqual(['bull:b:marker']);
    expect(room.hasWorkers()).toBe(true);
  });

  it('lets a worker that comes back look at once', async () => {
    const { room, queues, worker, join, settled } = setUp('a');
    join(queues[0]!, 'worker');
    room.leave(queues[0]!, worker('worker'));
    await settled();
    join(queues[0]!, 'worker');
    expect(await settled()).toEqual([['worker', null]]);
    join(queues[0]!, 'worker');
    expect(await settled()).toEqual([]);
  });

  it('hands an owed marker to the next who comes', async () => {
    const { room, queues, join, settled } = setUp('a');
    const queue = queues[0]!;
    queue.owed = BASE;
    room.forgetIfIdle(queue);
    expect(room.get('bull:a:marker')).toBe(queue);
    join(queue, 'worker');
    expect(await settled()).toEqual([['worker', BASE]]);
    expect(queue.owed).toBeUndefined();
  });

  it('wakes one worker of a queue whose delayed job is due, and names the queues without one', async () => {
    const { room, queues, join, settled } = setUp('a', 'b', 'c');
    join(queues[0]!, 'one');
    join(queues[0]!, 'two');
    queues[0]!.dueAtMs = 10;
    queues[1]!.dueAtMs = 10;
    queues[2]!.dueAtMs = 11;
    expect(room.nextDueMs()).toBe(10);
    expect(room.due(10)).toEqual([queues[1]]);
    expect(await settled()).toEqual([['one', null]]);
    expect(queues.map(({ dueAtMs }) => dueAtMs)).toEqual([Infinity, 10, 11]);
  });

  it("ends the wait of a worker that fetches by hand with its time, and no other's", async () => {
    const { room, queues, join, settled } = setUp('a');
    join(queues[0]!, 'loop');
    join(queues[0]!, 'by hand', 5);
    expect(room.nextDueMs()).toBe(5);
    expect(room.due(5)).toEqual([]);
    expect(await settled()).toEqual([['by hand', null]]);
    expect(room.nextDueMs()).toBe(Infinity);
  });

  it('forgets a queue only when nobody serves it, fetches from it or owes it', () => {
    const { room, queues, worker, join } = setUp('a');
    const queue = queues[0]!;
    join(queue, 'worker');
    room.forgetIfIdle(queue);
    expect(room.get('bull:a:marker')).toBe(queue);
    room.leave(queue, worker('worker'));
    queue.fetching = 1;
    room.forgetIfIdle(queue);
    expect(room.get('bull:a:marker')).toBe(queue);
    queue.fetching = 0;
    room.forgetIfIdle(queue);
    expect(room.get('bull:a:marker')).toBeUndefined();
  });
});
