const STAR = 0x2a;
const OK = '+OK\r\n';

/**
 * What Redis sends to a subscriber (`message,channel,payload`) or to a monitor, as a server-sent event: a line for each
 * line of it. Bytes that are not UTF-8 become U+FFFD.
 *
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function eventData(reply: Buffer): string {
  const text = reply[0] === STAR ? itemsOf(reply).join(',') : statusOf(reply);
  return `data: ${text.replace(/\r\n|\r|\n/g, '\ndata: ')}\n\n`;
}

/** Upstash puts the OK that opens a MONITOR in quotes. */
function statusOf(reply: Buffer): string {
  const text = reply.toString();
  return text === OK ? '"OK"' : text.slice(1, -2);
}

/** The items of a flat array of strings and integers. */
function itemsOf(reply: Buffer): string[] {
  const items: string[] = [];
  let at = reply.indexOf('\r\n') + 2;
  while (at < reply.length) {
    const lineEnd = reply.indexOf('\r\n', at);
    const line = reply.toString('utf8', at, lineEnd);
    at = lineEnd + 2;
    if (line.startsWith('$') && line !== '$-1') {
      const length = Number(line.slice(1));
      items.push(reply.toString('utf8', at, at + length));
      at += length + 2;
    } else {
      items.push(line.startsWith('$') ? '' : line.slice(1));
    }
  }
  return items;
}
