import { findFreePort } from '@switchyard/local-server';
import { createDatabase } from './create-database.js';
import { PostgresNotReachableError } from './errors.js';

it('says on which port nobody answers, and nothing of the password', async () => {
  const port = await findFreePort();
  const created = createDatabase(`postgres://postgres:secret@127.0.0.1:${port}/postgres`, 'a');
  await expect(created).rejects.toThrow(PostgresNotReachableError);
  await expect(created).rejects.toMatchObject({
    code: 'POSTGRES_NOT_REACHABLE',
    port,
    cause: expect.objectContaining({ code: 'ECONNREFUSED' }),
  });
  await expect(created).rejects.not.toThrow('secret');
});

it.each(['', 'x'.repeat(64), 'ä'.repeat(32), 'a\0b', 'a/b', 'a?b', 'a#b'])(
  'refuses a name that a server would cut, or that no URL brings back (%#)',
  async (name) => {
    const url = 'postgres://127.0.0.1:1/postgres';
    await expect(createDatabase(url, name)).rejects.toThrow(TypeError);
    await expect(createDatabase(url, 'a', { template: name })).rejects.toThrow(TypeError);
  },
);
