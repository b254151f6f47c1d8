/** What a process answers to what it was asked, under the number of the request. */
export type Answer =
  | { readonly type: 'answer'; readonly request: number; readonly answer: unknown }
  | { readonly type: 'refusal'; readonly request: number; readonly text: string };

/** What another process can be asked, by type. */
export type Requests<T> = {
  readonly [K in keyof T]: { readonly argument: unknown; readonly answer: unknown };
};

export interface Asking<T extends Requests<T>> {
  ask<K extends keyof T>(type: K, argument: T[K]['argument']): Promise<T[K]['answer']>;
  /** To be told every answer. */
  settle(answer: Answer): void;
  /** Nobody is going to answer any more. */
  fail(error: Error): void;
}

/** Asks another process, and matches what it answers to what it was asked. */
export function createAsking<T extends Requests<T>>(send: (message: object) => void): Asking<T> {
  const pending = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let requests = 0;
  return {
    ask: (type, argument) =>
      new Promise<never>((resolve, reject) => {
        const request = ++requests;
        pending.set(request, { resolve: resolve as (answer: unknown) => void, reject });
        send({ request, type, argument });
      }),
    settle(answer) {
      const waiting = pending.get(answer.request);
      pending.delete(answer.request);
      if (answer.type === 'answer') waiting?.resolve(answer.answer);
      else waiting?.reject(new Error(answer.text));
    },
    fail(error) {
      for (const { reject } of pending.values()) reject(error);
      pending.clear();
    },
  };
}
