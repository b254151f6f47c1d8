import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/** One line of MONITOR. */
export interface SeenCommand {
  /** `host:port` of who sent it, or `lua` for a command that a script ran. */
  readonly source: string;
  /** Command and arguments as the server prints them: each in quotes, escaped. */
  readonly text: string;
}

/**
 * Reads MONITOR from a connection of its own until `close`. Not ioredis's `monitor()`: that one takes a line that comes
 * in one packet with MONITOR's own answer for the answer to a command, and fails.
 */
export async function watchMonitor(
  url: string,
  onCommand: (seen: SeenCommand) => void,
): Promise<{ close(): void }> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  // MONITOR escapes what could end a line.
  const lines = createInterface({ input: socket, crlfDelay: Infinity });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => socket.write('MONITOR\r\n'));
    lines.once('line', (line) => (line === '+OK' ? resolve() : reject(new Error(`MONITOR: ${line}`))));
    lines.on('line', (line) => {
      const match = /^\+[\d.]+ \[\d+ ([^\]]+)\] (.*)$/.exec(line);
      if (match) onCommand({ source: match[1] ?? '', text: match[2] ?? '' });
    });
  });
  // The server ends before we do when a measurement fails; that failure is told elsewhere.
  socket.on('error', () => undefined);
  return {
    close() {
      lines.close();
      socket.destroy();
    },
  };
}
