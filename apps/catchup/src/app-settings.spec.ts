import { readAppSettings } from './app-settings.js';
import { InvalidSettingsError, readAll } from './settings-error.js';

test('has defaults for everything', () => {
  expect(readAppSettings({ LOG_LEVEL: '', SHUTDOWN_TIMEOUT_MS: ' ' })).toEqual({
    shutdownTimeoutMs: 10_000,
    logLevel: 'info',
  });
});

test('takes what the environment says', () => {
  expect(readAppSettings({ LOG_LEVEL: 'WARN\n', SHUTDOWN_TIMEOUT_MS: '0' })).toEqual({
    shutdownTimeoutMs: 0,
    logLevel: 'warn',
  });
});

test.each(['-1', '1.5', '1e9', '10s'])('a shutdown time-out of %s is refused', (value) => {
  expect(() => readAppSettings({ SHUTDOWN_TIMEOUT_MS: value })).toThrow(
    /SHUTDOWN_TIMEOUT_MS is ".*", allowed/,
  );
});

test('an unknown log level is refused with those that exist', () => {
  expect(() => readAppSettings({ LOG_LEVEL: 'loud' })).toThrow(/LOG_LEVEL is "loud", allowed: trace, debug/);
});

test('several groups are read together and tell all their problems at once', () => {
  const read = () =>
    readAll({
      good: () => 1,
      bad: () => {
        throw new InvalidSettingsError(['one', 'two']);
      },
      worse: () => {
        throw new Error('three');
      },
    });
  expect(read).toThrow(new InvalidSettingsError(['one', 'two', 'three']));
  expect(readAll({ good: () => 1, fine: () => 'x' })).toEqual({ good: 1, fine: 'x' });
});
