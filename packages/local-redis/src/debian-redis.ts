import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { DebianProgram } from '@switchyard/local-server';

export const debianRedis: DebianProgram = {
  name: 'redis-server',
  // redis-server is a link into redis-tools.
  packages: ['redis-server', 'redis-tools'],
  locate: async (folder) => {
    const path = join(folder, 'usr', 'bin', 'redis-server');
    return access(path).then(
      () => path,
      () => undefined,
    );
  },
};
