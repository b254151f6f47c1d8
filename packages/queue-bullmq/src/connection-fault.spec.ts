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
])('%s tells of the connection', (error) => {
  expect(isConnectionFault(error)).toBe(true);
});

test.each([new Error('ERR wrong number of arguments'), new TypeError('no'), 'ECONNREFUSED', undefined])(
  '%s does not',
  (error) => {
    expect(isConnectionFault(error)).toBe(false);
  },
);
