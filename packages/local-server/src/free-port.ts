import { createServer } from 'node:net';

/** A TCP port on 127.0.0.1 that was free a moment ago; whoever binds it must be ready to find it taken. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('the system gave no port'));
      });
    });
  });
}

export interface FreePortAttempts<T> {
  readonly use: (port: number) => Promise<T>;
  /** Says of an error of `use` that somebody else was faster. */
  readonly isTaken: (error: unknown) => boolean;
  readonly attempts: number;
  readonly find?: () => Promise<number>;
}

/** Uses a free port, and another one when it was taken in between. Any other error is the caller's. */
export async function onFreePort<T>(options: FreePortAttempts<T>): Promise<{ port: number; value: T }> {
  const { use, isTaken, attempts, find = findFreePort } = options;
  for (let attempt = 1; ; attempt++) {
    const port = await find();
    try {
      return { port, value: await use(port) };
    } catch (error) {
      if (attempt >= attempts || !isTaken(error)) throw error;
    }
  }
}
