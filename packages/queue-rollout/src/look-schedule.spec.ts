import { createLookSchedule, type LookSchedule } from './look-schedule.js';

const NEVER_MS = 2 ** 31 - 1;

/** A look to be ended by hand. */
interface Look {
  readonly number: number;
  readonly limitMs: number;
  end(): void;
}

let schedule: LookSchedule;
afterEach(() => schedule.stop());

function setUp(nextInMs: number) {
  const begun: Look[] = [];
  const awaited: ((look: Look) => void)[] = [];
  schedule = createLookSchedule({
    take: (number, limitMs) =>
      new Promise((resolve) => {
        const look = { number, limitMs, end: resolve };
        begun.push(look);
        awaited.shift()?.(look);
      }),
    nextInMs: () => nextInMs,
  });
  const nextLook = () => new Promise<Look>((resolve) => awaited.push(resolve));
  const start = async (): Promise<void> => {
    const first = schedule.start();
    begun[0]?.end();
    await first;
  };
  return { begun, nextLook, start };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('the first look waits for whatever it needs, later ones do not', async () => {
  const { begun, start } = setUp(NEVER_MS);
  await start();
  schedule.request();
  expect(begun.map(({ number, limitMs }) => [number, limitMs])).toEqual([
    [1, Infinity],
    [2, 1000],
  ]);
  expect(schedule.begun).toBe(2);
});

test('however many ask while a look is under way share the one that follows it', async () => {
  const { begun, start } = setUp(NEVER_MS);
  await start();
  for (let times = 0; times < 3; times += 1) schedule.request();
  await turn();
  expect(begun).toHaveLength(2);
  begun[1]?.end();
  await turn();
  expect(begun).toHaveLength(3);
  begun[2]?.end();
  await turn();
  expect(begun).toHaveLength(3);
});

test('a look that nobody asks for follows the last, and one that is due is not put off', async () => {
  const { nextLook, start } = setUp(5);
  await start();
  schedule.requestWithin(NEVER_MS);
  const second = await nextLook();
  second.end();
  const third = await nextLook();
  expect([second.number, third.number]).toEqual([2, 3]);
});

test('one that is due late is taken sooner when somebody asks for that', async () => {
  const { nextLook, start } = setUp(NEVER_MS);
  await start();
  schedule.requestWithin(1);
  expect(await nextLook()).toMatchObject({ number: 2 });
});

test('none is taken before the start, nor after the stop', async () => {
  const { begun, start } = setUp(NEVER_MS);
  schedule.request();
  await turn();
  expect([schedule.areOn, begun.length]).toEqual([false, 0]);
  await start();
  schedule.stop();
  schedule.request();
  await turn();
  expect([schedule.areOn, begun.length]).toEqual([false, 1]);
});
