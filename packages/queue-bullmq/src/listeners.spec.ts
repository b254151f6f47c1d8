import { createListeners } from './listeners.js';

interface Events {
  readonly said: { readonly word: string };
  readonly left: Record<string, never>;
}

test('each listener hears its event until it ends its subscription', () => {
  const { on, emit } = createListeners<Events>(() => undefined);
  const heard: string[] = [];
  const listener = ({ word }: Events['said']) => heard.push(word);
  const endFirst = on('said', listener);
  on('said', listener);
  emit('left', {});
  emit('said', { word: 'a' });
  endFirst();
  emit('said', { word: 'b' });
  expect(heard).toEqual(['a', 'a', 'b']);
});

test('a listener that throws is reported and disturbs nobody', () => {
  const reported: unknown[] = [];
  const { on, emit } = createListeners<Events>((error) => reported.push(error));
  const heard: string[] = [];
  const broken = new Error('broken');
  on('said', () => {
    throw broken;
  });
  on('said', ({ word }) => heard.push(word));
  emit('said', { word: 'a' });
  expect(heard).toEqual(['a']);
  expect(reported).toEqual([broken]);
});
