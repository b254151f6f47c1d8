import fc from 'fast-check';
import { composeMessage, MAX_MESSAGE_CHARACTERS } from './compose-message.js';

test('refuses to say nothing', () => {
  expect(() => composeMessage([])).toThrow('at least one line');
});

test('one line is a sentence', () => {
  expect(composeMessage(['Call Ada today at 17:00'])).toBe('CatchUp: Call Ada today at 17:00.');
});

test('several are a list, and what says the same is said once', () => {
  expect(composeMessage(['Call Ada', 'Call Bob', 'Call Ada'])).toBe(
    'CatchUp: 2 reminders\n- Call Ada\n- Call Bob',
  );
});

test('what does not fit is counted', () => {
  const text = composeMessage(Array.from({ length: 40 }, (_, at) => `Call number ${at} today at 17:00`));
  expect(text.length).toBeLessThanOrEqual(MAX_MESSAGE_CHARACTERS);
  const shown = text.split('\n').filter((line) => line.startsWith('- ')).length;
  expect(text).toContain(`and ${40 - shown} more in the app`);
});

test('never exceeds the limit, and accounts for every line', () => {
  const line = fc
    .string({ minLength: 1, maxLength: 100, unit: 'grapheme' })
    .map((text) => text.trim() || 'x');
  fc.assert(
    fc.property(fc.array(line, { minLength: 2, maxLength: 30 }), (lines) => {
      const count = new Set(lines).size;
      fc.pre(count > 1 && lines.every((text) => text.length <= 200 && !text.includes('\n')));
      const rows = composeMessage(lines).split('\n').slice(1);
      const more = /^and (\d+) more in the app$/.exec(rows.at(-1) ?? '');
      expect(composeMessage(lines).length).toBeLessThanOrEqual(MAX_MESSAGE_CHARACTERS);
      expect(more ? rows.length - 1 + Number(more[1]) : rows.length).toBe(count);
    }),
  );
});
