import { parseArguments, UsageError } from './arguments.js';

const benchmarks = [
  { name: 'queues', description: 'the queues' },
  { name: 'http', description: 'the REST client' },
  { name: 'endurance', description: 'for as long as you like', takesMinutes: true },
];
const parse = (...argv: string[]) => parseArguments(argv, benchmarks);

describe('parseArguments', () => {
  it('takes a benchmark and its flags in any order', () => {
    expect(parse('queues')).toEqual({ benchmark: 'queues', json: false, check: false, quick: false });
    expect(parse('--json', 'http', '--check')).toEqual({
      benchmark: 'http',
      json: true,
      check: true,
      quick: false,
    });
    expect(parse('queues', '--quick', '--json').quick).toBe(true);
  });

  it('takes minutes where they mean something', () => {
    expect(parse('endurance', '--minutes=2.5')).toMatchObject({ benchmark: 'endurance', minutes: 2.5 });
    expect(parse('endurance')).not.toHaveProperty('minutes');
  });

  it.each([
    [['http', '--minutes=3'], '--minutes means nothing to http'],
    [['endurance', '--minutes=0'], '--minutes takes 1 to 600'],
    [['endurance', '--minutes=ten'], '--minutes takes 1 to 600'],
    [[], 'Which benchmark?'],
    [['quues'], 'Unknown benchmark "quues".'],
    [['queues', '--jsno'], 'Unknown flag "--jsno".'],
    [['queues', '--json=1'], 'Unknown flag "--json=1".'],
    [['queues', 'http'], 'One benchmark at a time'],
    [['queues', '--quick', '--check'], '--quick measures too little'],
  ])('refuses %j and says what there is', (argv, problem) => {
    expect(() => parse(...argv)).toThrow(UsageError);
    expect(() => parse(...argv)).toThrow(problem);
    for (const known of ['queues', 'http', '--json', '--check', '--quick']) {
      expect(() => parse(...argv)).toThrow(known);
    }
  });
});
