import { eventData } from './event-data.js';

const data = (reply: string) => eventData(Buffer.from(reply));

it.each([
  ['*3\r\n$9\r\nsubscribe\r\n$4\r\nchat\r\n:1\r\n', 'data: subscribe,chat,1\n\n'],
  ['*3\r\n$7\r\nmessage\r\n$4\r\nchat\r\n$5\r\na,b,c\r\n', 'data: message,chat,a,b,c\n\n'],
  ['*4\r\n$8\r\npmessage\r\n$2\r\nc*\r\n$4\r\nchat\r\n$0\r\n\r\n', 'data: pmessage,c*,chat,\n\n'],
  ['*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n', 'data: unsubscribe,,0\n\n'],
  ['+OK\r\n', 'data: "OK"\n\n'],
  ['+1721284005.24 [0 127.0.0.1:1] "GET" "k"\r\n', 'data: 1721284005.24 [0 127.0.0.1:1] "GET" "k"\n\n'],
])('writes %j', (reply, event) => {
  expect(data(reply)).toBe(event);
});

it('never lets a message end its event or begin another', () => {
  const message = 'a\n\ndata: message,other,x\r\n\rb';
  const reply = `*3\r\n$7\r\nmessage\r\n$4\r\nchat\r\n$${message.length}\r\n${message}\r\n`;
  expect(data(reply)).toBe('data: message,chat,a\ndata: \ndata: data: message,other,x\ndata: \ndata: b\n\n');
});
