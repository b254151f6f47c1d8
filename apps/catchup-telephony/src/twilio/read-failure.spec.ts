import { connect } from 'node:net';
import twilio from 'twilio';
import { rejection } from '../spec-support/lab.js';
import { readFailure } from './read-failure.js';

const failing = (uri: string) =>
  rejection(new twilio.RequestClient().request({ method: 'get' as never, uri }));
const answered = (statusCode: number, body: unknown, retryAfter?: string) =>
  readFailure(new twilio.RestException({ statusCode, body } as never), retryAfter);

test.each(['http://127.0.0.1:1/', 'http://localhost:1/'])(
  'nothing was sent to %s, where nobody is',
  async (uri) => {
    expect(readFailure(await failing(uri))).toEqual({
      kind: 'no-answer',
      problem: 'ECONNREFUSED',
      sent: false,
    });
  },
);

test('nothing was sent where each address of a name failed', async () => {
  const error = await new Promise((resolve) =>
    connect({ host: 'any', port: 1, lookup: twoAddresses }).once('error', resolve),
  );
  expect(error).toMatchObject({ name: 'AggregateError' });
  expect(readFailure(error)).toMatchObject({ sent: false });
});

test('the same word of a connection that stood may have come after the request', () => {
  const broken = Object.assign(new Error('read EHOSTUNREACH'), { code: 'EHOSTUNREACH', syscall: 'read' });
  expect(readFailure(broken)).toEqual({ kind: 'no-answer', problem: 'EHOSTUNREACH', sent: true });
  expect(readFailure(Object.assign(new Error('timeout'), { code: 'ECONNABORTED' }))).toMatchObject({
    sent: true,
  });
  expect(readFailure(new SyntaxError('Unexpected end'))).toMatchObject({ sent: true, problem: 'unknown' });
  expect(readFailure(undefined)).toMatchObject({ sent: true });
});

test('what is no word of Twilio decides nothing', () => {
  expect(answered(502, '<html>')).toEqual({
    kind: 'no-answer',
    problem: 'HTTP 502',
    sent: true,
    status: 502,
  });
  expect(answered(302, '')).toMatchObject({ kind: 'no-answer', sent: true });
  expect(answered(408, '<html>')).toMatchObject({ kind: 'no-answer', sent: true });
  expect(answered(429, 'slow down')).toEqual({ kind: 'refused', status: 429 });
});

test.each([
  ['7', 7000],
  ['999999', 86_400_000],
  ['-1', undefined],
  ['soon', undefined],
  ['1e9', undefined],
])('Retry-After: %s', (retryAfter, retryAfterMs) => {
  expect(answered(429, { code: 20429 }, retryAfter)).toEqual({
    kind: 'refused',
    status: 429,
    providerCode: 20429,
    retryAfterMs,
  });
});

function twoAddresses(_: string, __: unknown, answer: (...result: never[]) => void): void {
  const addresses = [1, 2].map((last) => ({ address: `127.0.0.${last}`, family: 4 }));
  answer(...([null, addresses] as never[]));
}
