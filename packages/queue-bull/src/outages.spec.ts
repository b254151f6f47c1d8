import type { ReportError } from '@switchyard/queue-contract';
import { trackOutages } from './outages.js';

describe('what is reported of an outage', () => {
  const lost = () => Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
  let said: [string, string | undefined][];
  const report: ReportError = (error, { queue }) => void said.push([error.message, queue]);
  let nowMs: number;
  const clock = () => nowMs;
  beforeEach(() => {
    said = [];
    nowMs = 0;
  });

  test('its first error, until every connection is well again', () => {
    const outages = trackOutages('bull', report, clock);
    const [one, other] = [{}, {}];
    outages.connection(one, lost());
    outages.connection(other, lost());
    outages.task(new Error('Connection is closed.'), 'q');
    outages.task(new Error('LOADING Redis is loading the dataset in memory'), 'q');
    const silence = new Error('Socket timeout');
    outages.connection(one, silence);
    outages.task(silence, 'q');
    outages.connection(one, null);
    outages.connection(one, lost());
    expect(said).toHaveLength(1);
    outages.connection(one, null);
    outages.connection(other, null);
    outages.connection(other, lost());
    expect(said).toHaveLength(2);
  });

  test('a server that breaks no connection but is still loading is told of once', () => {
    const outages = trackOutages('bull', report, clock);
    for (const queue of ['a', 'b', 'c']) {
      outages.task(new Error('LOADING Redis is loading the dataset in memory'), queue);
    }
    expect(said).toEqual([['LOADING Redis is loading the dataset in memory', 'a']]);
  });

  test('a long one is one, and what a server says on its way back belongs to it', () => {
    const outages = trackOutages('bull', report, clock);
    const one = {};
    outages.connection(one, lost());
    nowMs += 600_000;
    outages.connection(one, lost());
    outages.connection(one, null);
    for (let second = 0; second < 10; second++) {
      outages.task(new Error('LOADING Redis is loading the dataset in memory'), `queue-${second}`);
      nowMs += 1000;
    }
    outages.task(new Error('Missing lock for job 17 finished'), 'q');
    expect(said).toHaveLength(1);
    nowMs += 6000;
    outages.task(new Error('Missing lock for job 18 finished'), 'q');
    expect(said).toHaveLength(2);
  });

  test('one that began without an error: locks that it cost are no news', () => {
    const outages = trackOutages('bull', report, clock);
    const one = {};
    outages.connection(one, null);
    nowMs += 60_000;
    outages.connection(one, null);
    for (const queue of ['a', 'b', 'c']) outages.task(new Error('Missing lock for job 17 finished'), queue);
    expect(said).toEqual([]);
  });

  test('a connection that is new is none: a lock that is lost just then is told', () => {
    const outages = trackOutages('bull', report, clock);
    outages.connection({}, null);
    outages.task(new Error('Missing lock for job 17 finished'), 'q');
    expect(said).toHaveLength(1);
  });

  test('what a store refuses after it is told', () => {
    const outages = trackOutages('bull', report, clock);
    outages.connection({}, null);
    outages.task(new Error('OOM command not allowed'), 'q');
    expect(said).toEqual([['OOM command not allowed', 'q']]);
  });

  test('a fault that is not of the connection is told of its queue, the same one once a minute', () => {
    const outages = trackOutages('bull', report, clock);
    for (let n = 0; n < 3; n++) outages.task(new Error('OOM command not allowed'), 'q');
    outages.task(new Error('OOM command not allowed'), 'other');
    expect(said).toEqual([
      ['OOM command not allowed', 'q'],
      ['OOM command not allowed', 'other'],
    ]);
  });

  test('a reporter that throws, or none, stops nothing', () => {
    const throwing = trackOutages('bull', () => {
      throw new Error('reporter');
    });
    expect(() => throwing.task(new Error('x'), 'q')).not.toThrow();
    expect(() => trackOutages('bull', undefined).connection({}, lost())).not.toThrow();
  });
});
