import { createClosing } from './closing.js';

test('closes in the opposite order, all of it, whatever fails, and once', async () => {
  const closed: string[] = [];
  const closing = createClosing();
  closing.add(() => void closed.push('first'));
  closing.add(() => Promise.reject(new Error('stuck')));
  closing.add(async () => void closed.push('last'));
  await expect(closing.close()).rejects.toThrow('not everything could be closed');
  await expect(closing.close()).rejects.toThrow(AggregateError);
  expect(closed).toEqual(['last', 'first']);
});
