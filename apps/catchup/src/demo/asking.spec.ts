import { createAsking } from './asking.js';

interface Sums {
  readonly add: { readonly argument: readonly [number, number]; readonly answer: number };
}

function asker() {
  const sent: { request: number; type: string; argument: unknown }[] = [];
  const asking = createAsking<Sums>((message) => void sent.push(message as (typeof sent)[number]));
  return { sent, asking };
}

test('each answer reaches whoever asked for it, in whichever order it comes', async () => {
  const { sent, asking } = asker();
  const [one, other] = [asking.ask('add', [1, 2]), asking.ask('add', [3, 4])];
  expect(sent.map(({ type, argument }) => [type, argument])).toEqual([
    ['add', [1, 2]],
    ['add', [3, 4]],
  ]);
  for (const { request, argument } of [...sent].reverse()) {
    const [a, b] = argument as [number, number];
    asking.settle({ type: 'answer', request, answer: a + b });
  }
  expect(await Promise.all([one, other])).toEqual([3, 7]);
});

test('a refusal rejects the one request', async () => {
  const { sent, asking } = asker();
  const [refused, answered] = [asking.ask('add', [1, 2]), asking.ask('add', [3, 4])];
  asking.settle({ type: 'refusal', request: sent[0]!.request, text: 'not today' });
  asking.settle({ type: 'answer', request: sent[1]!.request, answer: 7 });
  await expect(refused).rejects.toThrow('not today');
  expect(await answered).toBe(7);
});

test('when nobody answers any more, whoever still waits is told', async () => {
  const { asking } = asker();
  const asked = asking.ask('add', [1, 2]);
  asking.fail(new Error('it died'));
  await expect(asked).rejects.toThrow('it died');
});
