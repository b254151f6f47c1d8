import { InvalidStandInOptionError, startGoogleStandIn, type GoogleStandInOptions } from './index.js';

describe('options', () => {
  it.each<[string, GoogleStandInOptions]>([
    ['seed', { seed: 1.5 }],
    ['port', { port: -1 }],
    ['users', { users: [] }],
    ['users[].email', { users: [{ email: 'anna' }] }],
    ['users[].timeZone', { users: [{ email: 'a@example.com', timeZone: 'Berlin' }] }],
    ['contacts or events of a@example.com', { users: [{ email: 'a@example.com', contacts: 20_001 }] }],
    ['clients', { clients: [] }],
    ['accessTokenLifetimeSeconds', { accessTokenLifetimeSeconds: 0 }],
    ['maxChannelLifetimeSeconds', { maxChannelLifetimeSeconds: Number.NaN }],
    ['rateLimitPerUser.capacity', { rateLimitPerUser: { capacity: 0, refillPerSecond: 1 } }],
    ['rateLimitPerUser.refillPerSecond', { rateLimitPerUser: { capacity: 1, refillPerSecond: 0 } }],
  ])('refuse a wrong %s', async (option, options) => {
    const error: unknown = await startGoogleStandIn(options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidStandInOptionError);
    expect(error).toMatchObject({ code: 'ERR_GOOGLE_STAND_IN_OPTION', option });
  });

  it('say so where the port is taken', async () => {
    const users = [{ email: 'a@example.com', contacts: 0, events: 0, series: false }];
    const first = await startGoogleStandIn({ users });
    try {
      const port = Number(new URL(first.url).port);
      await expect(startGoogleStandIn({ users, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    } finally {
      await first.stop();
    }
  });
});
