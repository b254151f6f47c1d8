import { InvalidOptionError } from './errors.js';
import { resolveClean, resolveJobsPage } from './inspector-request.js';

test('a page has 100 jobs from the first on unless told, and a state named twice is one', () => {
  expect(resolveJobsPage('mail', ['failed', 'waiting', 'failed'])).toEqual({
    states: ['failed', 'waiting'],
    offset: 0,
    limit: 100,
  });
  expect(resolveJobsPage('mail', [], { offset: 3, limit: 0 })).toEqual({ states: [], offset: 3, limit: 0 });
});

test('a clean removes up to 1000 jobs unless told', () => {
  expect(resolveClean('mail', 'failed', { olderThanMs: 0 })).toEqual({ olderThanMs: 0, limit: 1000 });
  expect(resolveClean('mail', 'completed', { olderThanMs: 5, limit: 0 })).toEqual({
    olderThanMs: 5,
    limit: 0,
  });
});

const WRONG = [-1, 1.5, NaN, Infinity, 2 ** 53, null, '1'] as number[];

test.each(WRONG)('%p is no offset, limit or age', (wrong) => {
  const refused = [
    () => resolveJobsPage('mail', [], { offset: wrong }),
    () => resolveJobsPage('mail', [], { limit: wrong }),
    () => resolveClean('mail', 'failed', { olderThanMs: wrong }),
    () => resolveClean('mail', 'failed', { olderThanMs: 0, limit: wrong }),
  ];
  for (const call of refused) expect(call).toThrow(InvalidOptionError);
});

test('a clean needs an age, and a state that jobs end in', () => {
  expect(() => resolveClean('mail', 'failed', {} as never)).toThrow(
    'olderThanMs of clean of queue "mail" is undefined, allowed: an integer, 0 or more',
  );
  expect(() => resolveClean('mail', 'failed', undefined as never)).toThrow(InvalidOptionError);
  expect(() => resolveClean('mail', 'waiting' as never, { olderThanMs: 0 })).toThrow(
    'state of clean of queue "mail" is "waiting", allowed: completed, failed',
  );
  expect(() => resolveJobsPage('mail', ['paused' as never])).toThrow('allowed: waiting, ');
});
