import { EventEmitter } from 'node:events';
import { asError } from './as-error.js';
import { literalPattern, type Subscriber } from './subscriber.js';

/**
 * What one of Bull's queue objects takes for a connection in subscriber mode: its share of the shared one.
 * Bull adds listeners per queue object and never unsubscribes; here they go when the queue object is closed.
 */
export class BullSubscriber extends EventEmitter {
  readonly status = 'ready';
  readonly options = {};
  readonly #subscriber: Subscriber;
  readonly #report: (error: Error) => void;
  readonly #stops: Promise<() => Promise<void>>[] = [];

  constructor(subscriber: Subscriber, report: (error: Error) => void) {
    super();
    this.#subscriber = subscriber;
    this.#report = report;
  }

  async subscribe(channel: string): Promise<void> {
    await this.#listen({ channel }, (message) => this.emit('message', channel, message));
  }

  async psubscribe(pattern: string): Promise<void> {
    const escaped = pattern.endsWith('*') ? `${literalPattern(pattern.slice(0, -1))}*` : pattern;
    await this.#listen({ pattern: escaped }, (message, channel) =>
      this.emit('pmessage', pattern, channel, message),
    );
  }

  async close(): Promise<void> {
    this.removeAllListeners();
    const stops = await Promise.allSettled(this.#stops.splice(0));
    for (const stop of stops) if (stop.status === 'fulfilled') await stop.value();
  }

  async #listen(
    topic: Parameters<Subscriber['listen']>[0],
    hear: (message: string, channel: string) => void,
  ): Promise<void> {
    const stop = this.#subscriber.listen(topic, (message, channel) => {
      try {
        hear(message, channel);
      } catch (error) {
        // Bull parses what it hears without a net.
        this.#report(asError(error));
      }
    });
    this.#stops.push(stop);
    await stop;
  }
}
