import { hashTag, slotOf } from './slots.js';

describe('slots', () => {
  // The first is the check value of this CRC; the others are what CLUSTER KEYSLOT of Redis 7.0.15 answers.
  it.each([
    ['123456789', 0x31c3],
    ['', 0],
    ['foo', 12_182],
    ['{user1000}.following', 3443],
    ['{switchyard}:calendar-sync:wait', 12_385],
    ['schlüssel', 7677],
  ])('%j lies in %i', (key, slot) => {
    expect(slotOf(key)).toBe(slot);
  });

  it.each([
    ['{a}:b', 'a'],
    ['x{a}{b}', 'a'],
    ['x{{a}}', '{a'],
    ['x{}{a}', undefined],
    ['x{a', undefined],
    ['x}a{', undefined],
    ['x', undefined],
  ])('the hash tag of %s is %s', (key, tag) => {
    expect(hashTag(key)).toBe(tag);
  });

  it('lets keys with one tag share a slot, and no others but by chance', () => {
    expect(slotOf('{a}:1')).toBe(slotOf('2:{a}'));
    expect(slotOf('x{}{a}')).not.toBe(slotOf('y{}{a}'));
  });
});
