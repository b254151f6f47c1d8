import { createCircuit, type CircuitOptions } from './circuit.js';
import { InvalidRedisOptionError } from './errors.js';

let nowMs = 0;
beforeEach(() => {
  nowMs = 1000;
});
const circuitOf = (options: CircuitOptions = {}, random = () => 0.5) =>
  createCircuit(options, () => nowMs, random);

function opened(options: CircuitOptions = {}, random?: () => number) {
  const circuit = circuitOf(options, random);
  for (let n = 0; n < (options.failures ?? 5); n += 1) circuit.failed(circuit.admit());
  return circuit;
}

test('opens after five failures in a row, and an answer between them counts from 0 again', () => {
  const circuit = circuitOf();
  for (let n = 0; n < 4; n += 1) circuit.failed('go');
  expect(circuit.consecutiveFailures()).toBe(4);
  circuit.answered();
  expect(circuit.consecutiveFailures()).toBe(0);
  for (let n = 0; n < 4; n += 1) circuit.failed('go');
  expect([circuit.state(), circuit.admit()]).toEqual(['closed', 'go']);
  circuit.failed('go');
  expect([circuit.state(), circuit.admit()]).toEqual(['open', 'refused']);
});

test('lets one probe out after its wait, and closes when it is answered', () => {
  const circuit = opened();
  nowMs += 499;
  expect(circuit.admit()).toBe('refused');
  nowMs += 1;
  expect(circuit.state()).toBe('half-open');
  expect([circuit.admit(), circuit.admit()]).toEqual(['probe', 'refused']);
  expect(circuit.state()).toBe('half-open');
  circuit.answered();
  expect([circuit.state(), circuit.admit(), circuit.admit()]).toEqual(['closed', 'go', 'go']);
});

test('waits twice as long each time, up to the longest, and from the first again after an answer', () => {
  const circuit = opened({ firstWaitMs: 100, maxWaitMs: 500 });
  for (const waitMs of [100, 200, 400, 500, 500]) {
    nowMs += waitMs - 1;
    expect(circuit.admit()).toBe('refused');
    nowMs += 1;
    expect(circuit.admit()).toBe('probe');
    circuit.failed('probe');
  }
  circuit.answered();
  for (let n = 0; n < 5; n += 1) circuit.failed('go');
  nowMs += 100;
  expect(circuit.admit()).toBe('probe');
});

test('waits vary by a quarter both ways', () => {
  for (const [chance, waitMs] of [
    [0, 75],
    [0.999, 125],
  ] as const) {
    const circuit = opened({ firstWaitMs: 100 }, () => chance);
    nowMs += waitMs - 1;
    expect(circuit.admit()).toBe('refused');
    nowMs += 1;
    expect(circuit.admit()).toBe('probe');
  }
});

test('what was sent before it opened and fails later neither ends the probe nor makes the wait longer', () => {
  const circuit = opened({ firstWaitMs: 100 });
  nowMs += 50;
  circuit.failed('go');
  nowMs += 50;
  expect(circuit.admit()).toBe('probe');
  circuit.failed('go');
  expect(circuit.admit()).toBe('refused');
  circuit.answered();
  expect(circuit.state()).toBe('closed');
});

test('what was sent before it opened and is answered later closes it', () => {
  const circuit = opened();
  circuit.answered();
  expect(circuit.admit()).toBe('go');
});

test('a probe that its callers gave up makes room for the next', () => {
  const circuit = opened();
  nowMs += 500;
  circuit.abandoned(circuit.admit());
  expect(circuit.admit()).toBe('probe');
  circuit.abandoned('go');
  expect(circuit.admit()).toBe('refused');
});

test.each([
  [{ failures: 0 }, 'circuit.failures is 0'],
  [{ failures: 1.5 }, 'circuit.failures is 1.5'],
  [{ firstWaitMs: NaN }, 'circuit.firstWaitMs is NaN'],
  [{ firstWaitMs: 100, maxWaitMs: 99 }, 'circuit.maxWaitMs is 99, allowed: 100 to'],
])('%j is refused', (options, message) => {
  expect(() => circuitOf(options)).toThrow(InvalidRedisOptionError);
  expect(() => circuitOf(options)).toThrow(message);
});
