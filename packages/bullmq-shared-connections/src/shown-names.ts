import type { BlockingLoop } from './blocking-loop.js';
import { sharedClientName } from './client-names.js';
import { within, type Clock } from './clock.js';

/** How long the first connecting may hold up a worker that is not ready before it. */
const READY_LIMIT_MS = 5_000;

/** Keeps the name of a shared connection in step with who shares it. */
export class ShownNames {
  readonly #names = new Map<object, string>();
  #shownName = '';
  #shown: Promise<void> = Promise.resolve();

  constructor(
    private readonly base: string,
    private readonly loop: BlockingLoop,
    private readonly clock: Clock,
  ) {}

  /** How many share the connection. */
  get size(): number {
    return this.#names.size;
  }

  /** Connects where needed. Resolves when the name can be seen, or when that has taken too long. */
  add(owner: object, name: string): Promise<void> {
    this.#names.set(owner, name);
    return within(
      READY_LIMIT_MS,
      this.#show().then(() => this.loop.ready()),
      this.clock,
    );
  }

  remove(owner: object): void {
    // When nobody is left, the connection ends.
    if (this.#names.delete(owner) && this.#names.size > 0) void this.#show();
  }

  async #show(): Promise<void> {
    // Those who come or go together are named together.
    await new Promise<void>((resolve) => this.clock.soon(resolve));
    const name = sharedClientName(this.base, this.#names.values());
    if (name !== this.#shownName) {
      this.#shownName = name;
      this.#shown = this.loop.rename(name);
    }
    await this.#shown;
  }
}
