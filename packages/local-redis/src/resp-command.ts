/** A command's name, then its arguments: text, or bytes as they are. */
export type RespCommand = readonly (string | Buffer)[];

/**
 * A command as Redis's protocol has it (an array of bulk strings): text where all of it is text, which a socket takes
 * in `encoding`, else bytes.
 */
export function encodeCommand(command: RespCommand, encoding: BufferEncoding = 'utf8'): string | Buffer {
  let text = `*${command.length}\r\n`;
  let chunks: Buffer[] | undefined;
  for (const part of command) {
    if (typeof part === 'string') {
      text += `$${Buffer.byteLength(part, encoding)}\r\n${part}\r\n`;
    } else {
      (chunks ??= []).push(Buffer.from(`${text}$${part.length}\r\n`, encoding), part);
      text = '\r\n';
    }
  }
  return chunks ? Buffer.concat([...chunks, Buffer.from(text, encoding)]) : text;
}
