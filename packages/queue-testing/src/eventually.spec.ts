import { eventually } from './eventually.js';

describe('eventually', () => {
  test('answers the first answer that satisfies', async () => {
    let asked = 0;
    const answer = await eventually(
      'three',
      async () => ++asked,
      (count) => count >= 3,
    );
    expect([answer, asked]).toEqual([3, 3]);
  });

  test('says what it waited for, and the last answer, when none did', async () => {
    const waiting = eventually(
      'a miracle',
      () => ({ state: 'waiting' }),
      () => false,
      30,
    );
    await expect(waiting).rejects.toThrow('not within 30 ms: a miracle; last: {"state":"waiting"}');
  });

  test('does not hide an error of what it asks', async () => {
    const asking = eventually('x', () => Promise.reject(new Error('no connection')));
    await expect(asking).rejects.toThrow('no connection');
  });
});
