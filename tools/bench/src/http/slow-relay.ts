import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/**
 * TCP to a Redis with a latency. What a client sends arrives that much later and replies come back at once, as with the
 * latency of the REST endpoint.
 *
 * @returns its URL; it ends with the process
 */
export async function startSlowRelay(redisUrl: string, latencyMs: number): Promise<string> {
  const { hostname: host, port } = new URL(redisUrl);
  const server = createServer({ noDelay: true }, (client) => {
    const redis = connect({ host, port: Number(port), noDelay: true });
    const end = () => {
      client.destroy();
      redis.destroy();
    };
    client.on('error', end).on('close', end);
    redis.on('error', end).on('close', end);
    // Timers of the same length fire in the order in which they were set.
    client.on('data', (bytes) => setTimeout(() => redis.writable && redis.write(bytes), latencyMs));
    redis.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
