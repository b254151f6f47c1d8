import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A `getOrSet` in another process, whose fetch ends when it is told to. */
export interface RemoteFetch {
  /** Resolves when the fetch has begun. */
  readonly hasBegun: Promise<void>;
  readonly result: Promise<unknown>;
  end(value: unknown): void;
}

/** Another process of an app, with a cache of its own over the same Redis; see `spec-child/cache-process.mjs`. */
export interface CacheProcess {
  /** A method of the cache, or of its view of a user. */
  call(user: string | null, method: string, ...args: unknown[]): Promise<unknown>;
  getOrSet(user: string | null, ...args: unknown[]): RemoteFetch;
  /** Puts its monotonic clock forward. */
  addTime(ms: number): void;
  stop(): Promise<void>;
}

interface FromProcess {
  readonly id?: number;
  readonly isReady?: true;
  readonly isFetching?: true;
  readonly answer?: unknown;
  readonly problem?: string;
}

interface Call {
  readonly onFetch: () => void;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** @param settings `url` and `token` of the endpoint, and options of `createCache` that JSON can carry */
export async function startCacheProcess(settings: Readonly<Record<string, unknown>>): Promise<CacheProcess> {
  const program = fileURLToPath(new URL('../../spec-child/cache-process.mjs', import.meta.url));
  const loader = new URL('../../../../tools/ci/start-typescript.mjs', import.meta.url).href;
  const child = fork(program, [JSON.stringify(settings)], {
    execArgv: ['--conditions=@switchyard/source', `--import=${loader}`],
  });
  const ended = once(child, 'exit');
  const calls = new Map<number, Call>();
  let lastId = 0;

  await new Promise<void>((resolve, reject) => {
    child.on('message', ({ id = 0, isReady, isFetching, answer, problem }: FromProcess) => {
      if (isReady) return resolve();
      const call = calls.get(id);
      if (isFetching) return call?.onFetch();
      calls.delete(id);
      return problem === undefined ? call?.resolve(answer) : call?.reject(new Error(problem));
    });
    void ended.then(() => {
      const gone = new Error('the process has ended');
      reject(gone);
      for (const call of calls.values()) call.reject(gone);
    });
  });

  const begin = (user: string | null, method: string, args: readonly unknown[]): RemoteFetch => {
    const id = ++lastId;
    let onFetch: () => void = () => undefined;
    const hasBegun = new Promise<void>((resolve) => (onFetch = resolve));
    const result = new Promise<unknown>((resolve, reject) => calls.set(id, { onFetch, resolve, reject }));
    child.send({ id, user, method, args });
    return { hasBegun, result, end: (value) => void child.send({ id, end: { value } }) };
  };

  return {
    call: (user, method, ...args) => begin(user, method, args).result,
    getOrSet: (user, ...args) => begin(user, 'getOrSet', args),
    addTime: (addMs) => void child.send({ addMs }),
    async stop() {
      child.kill();
      await ended;
    },
  };
}
