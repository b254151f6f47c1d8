/** One line of `CLIENT LIST`: a connection as the server sees it. */
export interface ClientEntry {
  readonly id: number;
  /** `host:port` of the client's end. */
  readonly addr: string;
  /** What CLIENT SETNAME gave, else empty. */
  readonly name: string;
  /** The last command, lower case; a subcommand is `client|list` (Redis 6 and older: `client`). */
  readonly cmd: string;
  readonly ageSeconds: number;
  readonly idleSeconds: number;
  /** The server's letters, e.g. `N` nothing special, `b` blocked, `P` subscriber, `x` in a MULTI. */
  readonly flags: string;
  /** Every field of the line as the server wrote it. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Reads the text of `CLIENT LIST`. */
export function parseClientList(text: string): ClientEntry[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.startsWith('id='))
    .map((line) => {
      const fields = Object.fromEntries(
        line.split(' ').map((field) => {
          const at = field.indexOf('=');
          return at < 0 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)];
        }),
      );
      return {
        id: Number(fields.id),
        addr: fields.addr ?? '',
        name: fields.name ?? '',
        cmd: fields.cmd ?? '',
        ageSeconds: Number(fields.age ?? 0),
        idleSeconds: Number(fields.idle ?? 0),
        flags: fields.flags ?? '',
        fields,
      };
    });
}

/**
 * How many connections there are besides the one that asked.
 *
 * @param askingId the asker's `CLIENT ID`; without it the entry that is running `CLIENT LIST` right now is taken
 * for the asker.
 */
export function countConnections(clients: readonly ClientEntry[], askingId?: number): number {
  const asker =
    askingId === undefined
      ? clients.find((client) => client.cmd === 'client|list' || client.cmd === 'client')
      : clients.find((client) => client.id === askingId);
  return clients.length - (asker ? 1 : 0);
}
