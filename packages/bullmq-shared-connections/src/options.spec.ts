import { SharedConnectionsError } from './errors.js';
import { shareConnections } from './index.js';
import { checkedSettings, type ShareConnectionsOptions } from './options.js';

function errorOf(options: object): SharedConnectionsError {
  try {
    checkedSettings(options as ShareConnectionsOptions);
  } catch (error) {
    if (error instanceof SharedConnectionsError) return error;
  }
  throw new Error('was accepted');
}

describe('options', () => {
  it('default to what costs least and recovers within a minute', () => {
    const { blockSeconds, recoveryIntervalMs } = checkedSettings({});
    expect({ blockSeconds, recoveryIntervalMs }).toEqual({ blockSeconds: 120, recoveryIntervalMs: 30_000 });
    // A look may come a 120th later than its interval, and a job of a lost timer is given another second.
    expect(recoveryIntervalMs * (1 + 1 / 120) + 1_000).toBeLessThan(60_000);
    // One look and one renewal each, a minute, while all is idle.
    expect(60_000 / recoveryIntervalMs + 60 / blockSeconds).toBeLessThanOrEqual(3);
  });

  it.each([
    [{ blockSeconds: 0 }, 'blockSeconds', '0'],
    [{ blockSeconds: 1.5 }, 'blockSeconds', '1.5'],
    [{ blockSeconds: 601 }, 'blockSeconds', '601'],
    [{ recoveryIntervalMs: 19 }, 'recoveryIntervalMs', '19'],
    [{ recoveryIntervalMs: '30000' }, 'recoveryIntervalMs', '30000'],
    [{ recoveryIntervalMs: 60_001 }, 'recoveryIntervalMs', '60001'],
    [{ onError: 'log' }, 'onError', 'string'],
  ])('refuse %j and say why', (options, name, value) => {
    const error = errorOf(options);
    expect(error.code).toBe('SHARED_CONNECTIONS_OPTION');
    expect(error.message).toContain(name);
    expect(error.message).toContain(value);
  });

  it.each([[undefined], [null], [{}], ['redis://127.0.0.1']])('refuse %j in place of a client', (client) => {
    expect(() => shareConnections(client as never)).toThrow(
      expect.objectContaining({ code: 'SHARED_CONNECTIONS_CLIENT' }),
    );
  });
});
