import fc from 'fast-check';
import { chooseSlots, type Call, type FreeTime } from './choose-slots.js';

const at = (minutes: number) => new Date(Date.UTC(2026, 2, 2, 9) + minutes * 60_000);
const time = (from: number, to: number): FreeTime => ({ start: at(from), end: at(to) });
const MONDAY = time(0, 60);
const TUESDAY = time(1440, 1500);

test.each([0, -30, 0.5, Number.NaN])('refuses calls of %p minutes', (minutes) => {
  expect(() => chooseSlots([], [], minutes)).toThrow(`not ${minutes}`);
});

test('gives the first the earliest time, the second the next, and none when none is left', () => {
  const calls = ['a', 'b', 'c'].map((contactId) => ({ contactId }));
  expect([...chooseSlots(calls, [MONDAY], 30).values()]).toEqual([
    { contactId: 'a', ...time(0, 30), reason: 'earliest' },
    { contactId: 'b', ...time(30, 60), reason: 'earliest' },
  ]);
});

test('passes over times that are too short', () => {
  const [slot] = chooseSlots([{ contactId: 'a' }], [time(0, 20), TUESDAY], 30).values();
  expect(slot).toMatchObject(time(1440, 1470));
});

test('takes a time on the preferred day, else the earliest', () => {
  const wish = { contactId: 'a', preferredDay: time(1440, 2880) };
  expect(chooseSlots([wish], [MONDAY, TUESDAY], 30).get('a')).toEqual({
    contactId: 'a',
    ...time(1440, 1470),
    reason: 'on-preferred-day',
  });
  expect(chooseSlots([wish], [MONDAY], 30).get('a')).toMatchObject({ reason: 'earliest' });
});

test('a time that reaches into the preferred day counts from where the day begins', () => {
  const wish = { contactId: 'a', preferredDay: time(1440, 2880) };
  expect(chooseSlots([wish], [time(1400, 1500)], 30).get('a')).toMatchObject(time(1440, 1470));
});

test('keeps a time that is still free, against a better one and somebody better', () => {
  const calls = [{ contactId: 'first' }, { contactId: 'second', current: time(0, 30) }];
  const slots = chooseSlots(calls, [MONDAY], 30);
  expect(slots.get('second')).toMatchObject({ ...time(0, 30), reason: 'kept' });
  expect(slots.get('first')).toMatchObject(time(30, 60));
});

test('gives up a time that is not free any more, or that got too short', () => {
  const busy = chooseSlots([{ contactId: 'a', current: time(0, 30) }], [time(15, 60)], 30);
  expect(busy.get('a')).toMatchObject({ ...time(15, 45), reason: 'earliest' });
  const longer = chooseSlots([{ contactId: 'a', current: time(0, 30) }], [MONDAY], 45);
  expect(longer.get('a')).toMatchObject({ ...time(0, 45), reason: 'earliest' });
});

const freeTimes = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 120 })), { maxLength: 8 })
  .map((gaps) => {
    let cursor = 0;
    return gaps.map(([pause, length]) => {
      const start = cursor + pause;
      cursor = start + length;
      return time(start, cursor);
    });
  });
const wishes = fc.array(
  fc.record(
    {
      current: fc.nat({ max: 900 }).map((from) => time(from, from + 30)),
      preferredDay: fc.nat({ max: 900 }).map((from) => time(from, from + 200)),
    },
    { requiredKeys: [] },
  ),
  { maxLength: 10 },
);

test('every call lies within free time, overlaps no other, and choosing again chooses the same', () => {
  fc.assert(
    fc.property(freeTimes, wishes, (free, all) => {
      const calls: Call[] = all.map((wish, index) => ({ contactId: `${index}`, ...wish }));
      const slots = chooseSlots(calls, free, 30);
      const taken = [...slots.values()].sort((a, b) => a.start.getTime() - b.start.getTime());
      for (const slot of taken) {
        expect(slot.end.getTime() - slot.start.getTime()).toBe(30 * 60_000);
        expect(free.some(({ start, end }) => slot.start >= start && slot.end <= end)).toBe(true);
      }
      for (const [index, slot] of taken.entries()) {
        const next = taken[index + 1];
        if (next) expect(slot.end.getTime()).toBeLessThanOrEqual(next.start.getTime());
      }
      const settled = calls
        .filter(({ contactId }) => slots.has(contactId))
        .map((call) => ({ ...call, current: slots.get(call.contactId) }));
      const again = chooseSlots(settled, free, 30);
      for (const { contactId, start, end } of taken)
        expect(again.get(contactId)).toEqual({ contactId, start, end, reason: 'kept' });
    }),
  );
});
