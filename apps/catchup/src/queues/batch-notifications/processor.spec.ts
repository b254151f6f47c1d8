import { composeMessage, MAX_MESSAGE_LENGTH } from './processor.js';

const notification = (
  notificationId: string,
  kind: 'birthday' | 'reminder' | 'suggestion',
  text: string,
  createdAtMs = 0,
) => ({ notificationId, kind, text, createdAtMs });

test('one message with all of them, the most urgent first, then the oldest', () => {
  const message = composeMessage([
    notification('1', 'suggestion', 'Call Ada'),
    notification('2', 'reminder', 'Write Bo', 5),
    notification('3', 'reminder', 'Write Cy', 4),
    notification('4', 'birthday', 'Di is 40'),
  ]);
  expect(message).toEqual({
    text: 'Di is 40\nWrite Cy\nWrite Bo\nCall Ada',
    sentIds: ['4', '3', '2', '1'],
    heldBack: 0,
  });
});

test('says the same thing once and counts both as sent', () => {
  const twice = [notification('1', 'reminder', 'Call Ada', 1), notification('2', 'reminder', 'Call Ada', 2)];
  expect(composeMessage(twice)).toEqual({ text: 'Call Ada', sentIds: ['1', '2'], heldBack: 0 });
});

test('what does not fit is held back, a shorter one behind it is not', () => {
  const message = composeMessage([
    notification('1', 'birthday', 'a'.repeat(400)),
    notification('2', 'reminder', 'b'.repeat(100)),
    notification('3', 'suggestion', 'c'.repeat(50)),
  ]);
  expect(message.sentIds).toEqual(['1', '3']);
  expect(message.heldBack).toBe(1);
  expect(message.text?.length).toBeLessThanOrEqual(MAX_MESSAGE_LENGTH);
});

test('nothing pending is no message', () => {
  expect(composeMessage([])).toEqual({ text: null, sentIds: [], heldBack: 0 });
});
