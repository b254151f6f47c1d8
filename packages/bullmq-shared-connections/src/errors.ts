export type SharedConnectionsErrorCode =
  /** An option of `shareConnections` has a value that cannot work. */
  | 'SHARED_CONNECTIONS_OPTION'
  /** What was lent is not an ioredis client, or one that cannot be relied on. */
  | 'SHARED_CONNECTIONS_CLIENT'
  /** Something was asked for after `close()`. */
  | 'SHARED_CONNECTIONS_CLOSED'
  /** On Redis Cluster: the keys of a queue have no hash tag, so that no command could name several of them. */
  | 'SHARED_CONNECTIONS_SLOT'
  /** A private connection answered nothing for longer than it may. It was cut and is made anew. */
  | 'SHARED_CONNECTIONS_SILENT';

/** Every error this package makes itself. Errors of Redis and of the network pass through as they are. */
export class SharedConnectionsError extends Error {
  readonly code: SharedConnectionsErrorCode;

  constructor(code: SharedConnectionsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SharedConnectionsError';
    this.code = code;
  }
}
