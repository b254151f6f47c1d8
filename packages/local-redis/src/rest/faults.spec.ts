import { InvalidRestOptionError } from './errors.js';
import { checkFaults, drawFate } from './faults.js';

it.each([
  ['latencyMs', -1],
  ['latencyMs', Number.NaN],
  ['latencyMs', 60_001],
  ['errorShare', 1.01],
  ['errorShare', -0.1],
  ['dropShare', Number.NaN],
])('refuses %s of %p and shows it', (option, value) => {
  expect(() => checkFaults({ [option]: value })).toThrow(InvalidRestOptionError);
  expect(() => checkFaults({ [option]: value })).toThrow(`${option}: must be from 0 to`);
  expect(() => checkFaults({ [option]: value })).toThrow(`is ${value}`);
});

it('refuses shares that are more than all', () => {
  expect(() => checkFaults({ errorShare: 0.6, dropShare: 0.6 })).toThrow('1.2');
});

it.each([
  [0, 'error'],
  [0.24, 'error'],
  [0.25, 'drop-before'],
  [0.49, 'drop-before'],
  [0.5, 'drop-after'],
  [0.74, 'drop-after'],
  [0.75, 'pass'],
  [0.99, 'pass'],
] as const)('a draw of %p means %s', (drawn, fate) => {
  expect(drawFate({ errorShare: 0.25, dropShare: 0.5 }, () => drawn)).toBe(fate);
});

it('draws nothing when nothing is to go wrong', () => {
  const drawFailure = () => {
    throw new Error('drawn');
  };
  expect(drawFate({ latencyMs: 5 }, drawFailure)).toBe('pass');
});
