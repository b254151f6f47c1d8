import fc from 'fast-check';
import { InvalidFlagError, RolloutConfigurationError } from './errors.js';
import { parseTargetShares } from './target-shares.js';

const queues = ['webhook-health-check', 'calendar-sync', 'token-refresh'];
const parse = (environment: Record<string, string | undefined>) =>
  Object.fromEntries(parseTargetShares({ variable: 'USE_BULLMQ', queues, environment }));
const everywhere = (share: number) => Object.fromEntries(queues.map((queue) => [queue, share]));

function flagError(environment: Record<string, string>): InvalidFlagError {
  try {
    parse(environment);
  } catch (error) {
    if (error instanceof InvalidFlagError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(environment)} was accepted`);
}

describe('USE_BULLMQ', () => {
  test.each([undefined, '', ' ', '\n', 'false', '0', 'off', ' false\n'])(
    '%j leaves every queue on legacy',
    (value) => {
      expect(parse({ USE_BULLMQ: value })).toEqual(everywhere(0));
    },
  );

  test.each(['true', '1', 'on', 'all', 'true\n', '  on  '])('%j puts every queue on the target', (value) => {
    expect(parse({ USE_BULLMQ: value })).toEqual(everywhere(100));
  });

  test('a list puts its queues on the target, with a share where one is given', () => {
    expect(parse({ USE_BULLMQ: 'token-refresh, calendar-sync=25%\n' })).toEqual({
      'webhook-health-check': 0,
      'calendar-sync': 25,
      'token-refresh': 100,
    });
  });

  test('a share may be a fraction, nothing or everything', () => {
    expect(parse({ USE_BULLMQ: 'token-refresh=0.5%,calendar-sync=0%,webhook-health-check=100%' })).toEqual({
      'webhook-health-check': 100,
      'calendar-sync': 0,
      'token-refresh': 0.5,
    });
  });

  test.each([
    ['calender-sync', 'there is no queue "calender-sync"'],
    ['calendar-sync=25', '"25" is no share'],
    ['calendar-sync=101%', '"101%" is no share'],
    ['calendar-sync=-1%', '"-1%" is no share'],
    ['calendar-sync=', '"" is no share'],
    ['calendar-sync=true', '"true" is no share'],
    ['calendar-sync=1%=2%', 'more than one "="'],
    ['calendar-sync,,token-refresh', 'an entry is empty'],
    ['calendar-sync,', 'an entry is empty'],
    ['calendar-sync,calendar-sync=5%', 'stands there twice'],
    ['TRUE', 'there is no queue "TRUE"'],
    ['yes', 'there is no queue "yes"'],
  ])('%j stops the start', (value, problem) => {
    const error = flagError({ USE_BULLMQ: value });
    expect(error.message).toContain(problem);
    expect(error.message).toContain(`USE_BULLMQ=${JSON.stringify(value)}`);
    expect(error.message).toContain('calendar-sync'); // what is allowed
    expect(error.code).toBe('SWITCHYARD_INVALID_FLAG');
  });

  test('whatever it is set to, it is understood or refused, never half', () => {
    const word = fc.constantFrom(
      'true',
      'off',
      'calendar-sync',
      'token-refresh',
      '=',
      '25%',
      ',',
      ' ',
      'x',
      '%',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        try {
          const shares = Object.values(parse({ USE_BULLMQ: words.join('') }));
          expect(shares).toHaveLength(queues.length);
          expect(shares.every((share) => share >= 0 && share <= 100)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidFlagError);
        }
      }),
    );
  });
});

describe('USE_BULLMQ_<QUEUE_NAME>', () => {
  test('overrides one queue, either way or with a share', () => {
    expect(parse({ USE_BULLMQ: 'all', USE_BULLMQ_CALENDAR_SYNC: 'off\n' })).toEqual({
      ...everywhere(100),
      'calendar-sync': 0,
    });
    expect(parse({ USE_BULLMQ_CALENDAR_SYNC: ' 12.5% ' })).toEqual({
      ...everywhere(0),
      'calendar-sync': 12.5,
    });
    expect(parse({ USE_BULLMQ: 'calendar-sync', USE_BULLMQ_CALENDAR_SYNC: '' })['calendar-sync']).toBe(100);
  });

  test('refuses a queue that nobody declared, and names those there are', () => {
    const error = flagError({ USE_BULLMQ_CALENDER_SYNC: 'true' });
    expect(error.variable).toBe('USE_BULLMQ_CALENDER_SYNC');
    expect(error.message).toContain('USE_BULLMQ_CALENDAR_SYNC');
  });

  test('refuses what is neither a switch nor a share', () => {
    expect(flagError({ USE_BULLMQ_CALENDAR_SYNC: 'token-refresh' }).message).toContain(
      'not a switch or a share',
    );
  });

  test('two queues may not share a variable', () => {
    const clashing = () => parseTargetShares({ variable: 'USE_X', queues: ['a-b', 'a.b'], environment: {} });
    expect(clashing).toThrow(RolloutConfigurationError);
  });
});
