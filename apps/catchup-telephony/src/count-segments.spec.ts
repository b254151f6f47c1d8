import { countSegments } from './count-segments.js';

test.each([
  ['x'.repeat(160), 'GSM-7', 1],
  ['x'.repeat(161), 'GSM-7', 2],
  ['x'.repeat(306), 'GSM-7', 2],
  ['x'.repeat(307), 'GSM-7', 3],
  ['€'.repeat(80), 'GSM-7', 1],
  ['x' + '€'.repeat(80), 'GSM-7', 2],
  ['ж'.repeat(70), 'UCS-2', 1],
  ['ж'.repeat(71), 'UCS-2', 2],
  ['🚂'.repeat(35), 'UCS-2', 1],
  ['🚂'.repeat(36), 'UCS-2', 2],
])('%#: %s', (body, encoding, segments) => {
  expect(countSegments(body)).toEqual({ encoding, segments });
});

test('does not split a character of two units over two segments', () => {
  // 152 and a half fit: the euro sign goes into the next one, and so does what follows.
  expect(countSegments(`${'x'.repeat(152)}€${'x'.repeat(152)}`).segments).toBe(3);
});
