/** Typed listeners of one object. One that throws is reported and disturbs nobody else. */
export interface Listeners<Events> {
  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): () => void;
  emit<E extends keyof Events>(event: E, payload: Events[E]): void;
}

export function createListeners<Events>(report: (error: unknown) => void): Listeners<Events> {
  const listeners = new Map<keyof Events, Set<(payload: never) => void>>();
  return {
    on(event, listener) {
      const own = listeners.get(event) ?? new Set();
      listeners.set(event, own);
      // A wrapper, so that the same function may listen twice.
      const entry = (payload: Parameters<typeof listener>[0]) => listener(payload);
      own.add(entry);
      return () => void own.delete(entry);
    },
    emit(event, payload) {
      for (const listener of [...(listeners.get(event) ?? [])]) {
        try {
          listener(payload as never);
        } catch (error) {
          report(error);
        }
      }
    },
  };
}
