import type { BlockingLoop } from './blocking-loop.js';
import { sharedClientName } from './client-names.js';
import type { Clock } from './clock.js';

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

  /** Resolves when the name can be seen. */
  async add(owner: object, name: string): Promise<void> {
    this.#names.set(owner, name);
    await this.#show();
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
