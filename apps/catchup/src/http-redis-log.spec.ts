import { channel } from 'node:diagnostics_channel';
import { REDIS_COMMAND_CHANNEL, type CircuitState, type RedisCommandMessage } from '@switchyard/http-redis';
import { pino } from 'pino';
import { logHttpRedis } from './http-redis-log.js';

interface Line {
  readonly level: number;
  readonly operation: string;
  readonly outcome?: string;
}

let lines: Line[];
let circuit: CircuitState;
let stop: () => void;

beforeEach(() => {
  lines = [];
  circuit = 'closed';
  const logger = pino({ level: 'trace' }, { write: (text: string) => void lines.push(JSON.parse(text)) });
  const health = () => ({ circuit, consecutiveFailures: 0, lastFailure: null });
  stop = logHttpRedis({ health }, logger);
});
afterEach(() => stop());

const WARN = 40;
const INFO = 30;

function end(...outcomes: RedisCommandMessage['outcome'][]): void {
  for (const outcome of outcomes) channel(REDIS_COMMAND_CHANNEL).publish({ outcome });
}
const levels = () => lines.map(({ level }) => level);

test('one that never answered is told once, and once when it answers', () => {
  end('unavailable', 'timeout', 'unavailable');
  expect(lines).toMatchObject([{ level: WARN, operation: 'http-redis', outcome: 'unavailable' }]);
  end('ok', 'ok');
  expect(levels()).toEqual([WARN, INFO]);
});

test('nothing is told of one that answers, nor of single commands that fail', () => {
  end('ok', 'timeout', 'ok', 'unavailable', 'unavailable', 'refused', 'aborted');
  expect(lines).toEqual([]);
});

test('an outage is told once the circuit has opened, each one by itself', () => {
  end('ok');
  for (let outage = 1; outage <= 2; outage++) {
    end('unavailable');
    circuit = 'open';
    end('unavailable', 'unavailable');
    circuit = 'closed';
    end('ok');
    expect(levels()).toEqual(Array.from({ length: outage }, () => [WARN, INFO]).flat());
  }
});

test('a refused token is told at once', () => {
  end('ok', 'auth', 'auth');
  expect(lines).toMatchObject([{ level: WARN, outcome: 'auth' }]);
});

test('nothing is told after the end', () => {
  stop();
  end('unavailable');
  expect(lines).toEqual([]);
});
