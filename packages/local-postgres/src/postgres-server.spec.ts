import { startPostgres } from './postgres-server.js';

it.each([
  'port',
  'LISTEN_ADDRESSES',
  'data_directory',
  'hba_file',
  'unix_socket_directories',
  'log_directory',
  'no setting',
  '-c',
])('takes no setting named %s', async (name) => {
  await expect(startPostgres({ settings: { [name]: 'x' } })).rejects.toThrow(`settings: "${name}"`);
});
