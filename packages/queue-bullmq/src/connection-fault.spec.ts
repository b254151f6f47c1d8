import { isConnectionFault } from './connection-fault.js';

const coded = (code: string) => Object.assign(new Error('x'), { code });

test.each([
  coded('ECONNREFUSED'),
  coded('ECONNRESET'),
  new Error('Connection is closed.'),
  new Error("Stream isn't writeable and enableOfflineQueue options is false"),
  new Error('Command aborted due to connection close'),
  new Error('Reached the max retries per request limit (which is 20). Refer to "maxRetriesPerRequest".'),
  new Error('LOADING Redis is loading the dataset in memory'),
  new Error('NOAUTH Authentication required.'),
  coded('SHARED_CONNECTIONS_SILENT'),
  new Error('MOVED 6805 127.0.0.1:7001'),
  new Error('ASK 6805 127.0.0.1:7001'),
  new Error('TRYAGAIN Multiple keys request during rehashing of slot'),
])('%s tells of the connection', (error) => {
  expect(isConnectionFault(error)).toBe(true);
});

test.each([
  new Error('ERR wrong number of arguments'),
  new Error('ASK the customer'),
  new TypeError('no'),
  'ECONNREFUSED',
  undefined,
])('%s does not', (error) => {
  expect(isConnectionFault(error)).toBe(false);
});
