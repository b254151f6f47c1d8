import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '@switchyard/local-server';
import { ask, isServing } from './cluster-state.js';
import { formCluster, type ClusterNode } from './form-cluster.js';
import { startRedis } from './redis-server.js';

it('forms a cluster though a node is not heard of for longer than a handshake may take', async () => {
  const nodes: ClusterNode[] = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const busPort = await findFreePort();
      const settings = {
        'cluster-enabled': 'yes',
        'cluster-node-timeout': '1000',
        'cluster-port': String(busPort),
        'repl-diskless-sync-delay': '0',
      };
      return { server: await startRedis({ settings }), busPort };
    }),
  );
  try {
    const last = nodes[3]?.server;
    if (!last) throw new Error('there are four');
    process.kill(last.pid, 'SIGSTOP');
    const formed = formCluster(nodes, 3, 20_000);
    // A handshake is forgotten after one second.
    const slow = sleep(2_000).then(() => process.kill(last.pid, 'SIGCONT'));
    await Promise.all([formed, slow]);
    const servers = nodes.map(({ server }) => server);
    expect(await isServing(servers)).toBe(true);
    expect(String(await ask(last, 'INFO', 'replication'))).toContain('role:slave');
  } finally {
    await Promise.all(nodes.map(({ server }) => server.stop()));
  }
}, 60_000);
