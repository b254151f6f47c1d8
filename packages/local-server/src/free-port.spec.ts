import { createServer } from 'node:net';
import { findFreePort, onFreePort } from './free-port.js';

const taken = new Error('taken');
const isTaken = (error: unknown) => error === taken;

function ports(...numbers: number[]) {
  return () => Promise.resolve(numbers.shift() ?? 0);
}

describe('onFreePort', () => {
  it('takes another port when somebody was faster', async () => {
    const tried: number[] = [];
    const use = async (port: number) => {
      tried.push(port);
      if (port < 3) throw taken;
      return 'up';
    };
    const result = await onFreePort({ use, isTaken, attempts: 3, find: ports(1, 2, 3) });
    expect(result).toEqual({ port: 3, value: 'up' });
    expect(tried).toEqual([1, 2, 3]);
  });

  it('gives up after the last attempt', async () => {
    const tried: number[] = [];
    const use = async (port: number) => {
      tried.push(port);
      throw taken;
    };
    await expect(onFreePort({ use, isTaken, attempts: 2, find: ports(1, 2, 3) })).rejects.toBe(taken);
    expect(tried).toEqual([1, 2]);
  });

  it('does not try again after another error', async () => {
    const other = new Error('bad setting');
    const tried: number[] = [];
    const use = async (port: number) => {
      tried.push(port);
      throw other;
    };
    await expect(onFreePort({ use, isTaken, attempts: 5, find: ports(1, 2) })).rejects.toBe(other);
    expect(tried).toEqual([1]);
  });
});

it('findFreePort answers with a port that can be bound', async () => {
  const port = await findFreePort();
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
});
