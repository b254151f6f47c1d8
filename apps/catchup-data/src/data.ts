import type { Isolation } from './engine/engine.js';
import type { Stores } from './stores/stores.js';
import type { RotationOptions, RotationReport } from './tokens/rotate-token-keys.js';

export interface TransactionOptions {
  /** Default `read committed`. */
  readonly isolation?: Isolation;
  /** How often it is tried where others were at the same rows: 1 to 20, default 5, up to a few 100 ms apart. */
  readonly maxAttempts?: number;
  /** Looked at before each try. */
  readonly signal?: AbortSignal;
}

/** CatchUp's data, on a server or embedded. */
export interface Data extends Stores {
  readonly kind: 'server' | 'embedded';
  /**
   * All that `work` writes with the stores it is given is kept together, or nothing of it where it rejects. It runs anew
   * where others were at the same rows, so whatever else it does must bear that. Inside, the stores of the database
   * itself are refused: an embedded one would wait for itself.
   *
   * @throws TransactionConflictError after the last try, MisplacedUseError
   */
  transaction<Result>(
    work: (stores: Stores) => Promise<Result>,
    options?: TransactionOptions,
  ): Promise<Result>;
  /** Seals all tokens with the first key. */
  rotateTokenKeys(options?: RotationOptions): Promise<RotationReport>;
  /** @throws DatabaseUnavailableError, ConnectionLostError */
  ping(): Promise<void>;
  /** Lets go of what `openDatabase` opened. A second call waits for the first. */
  close(): Promise<void>;
}
