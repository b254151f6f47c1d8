import { dumpTables } from '@switchyard/catchup-data/testing';
import { DEFAULT_SCOPES } from '@switchyard/catchup-google';
import { DATABASE_KINDS } from '../spec-support/databases.js';
import { rejection, startLab, type Lab, type Process } from '../spec-support/lab.js';
import { createConnectFlow, type ConnectFlow } from './connect-flow.js';

const DAY = 86_400;

describe.each(DATABASE_KINDS)('connecting an account on the %s database', (kind) => {
  let lab: Lab;
  let flow: ConnectFlow;
  let other: ConnectFlow;
  let people = 0;
  const flowOf = (process: Process) =>
    createConnectFlow({
      ...process,
      redirectUrl: lab.google.client.redirectUris[0]!,
      now: lab.now,
      newId: lab.newId,
    });
  beforeAll(async () => {
    const users = Array.from({ length: 16 }, (_, n) => ({
      email: `user${n}@example.com`,
      contacts: 0,
      events: 0,
      series: false,
    }));
    lab = await startLab(kind, { users });
    flow = flowOf(lab.process);
    other = flowOf(await lab.startProcess());
  });
  afterAll(() => lab.stop());
  afterEach(() => lab.google.setFaults([]));

  /** A user of the app whom Google knows and whose account is not connected. */
  async function newcomer(timeZone = 'Europe/Berlin') {
    const email = `user${people++}@example.com`;
    const [id, now] = [lab.newId(), lab.now()];
    await lab.data.users.save({ id, email, name: email, timeZone, createdAt: now, updatedAt: now });
    return { id, email };
  }
  /** What Google sends the user back with. */
  async function consent({ id, email }: { id: string; email: string }, returnTo?: string) {
    const { url } = await flow.start(id, { returnTo, loginHint: email });
    const answer = await fetch(url, { redirect: 'manual' });
    return new URL(answer.headers.get('location')!).searchParams;
  }
  const problemOf = async (outcome: Promise<unknown>) => {
    const error = await rejection(outcome);
    return (error as { problem?: string }).problem ?? error;
  };

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', ''])(
    'does not return to %j',
    async (returnTo) => {
      expect(await problemOf(flow.start('anybody', { returnTo }))).toBe('return-to');
    },
  );

  it('is refused with a state of nobody, none, or a second time', async () => {
    const user = await newcomer();
    const parameters = await consent(user);
    expect(await problemOf(flow.callback(new URLSearchParams({ code: 'x' }), user.id))).toBe('state');
    expect(await problemOf(flow.callback(new URLSearchParams({ code: 'x', state: 'x' }), user.id))).toBe(
      'state',
    );
    await flow.callback(parameters, user.id);
    expect(await problemOf(flow.callback(parameters, user.id))).toBe('state');
    expect(await lab.data.accounts.ofUser(user.id)).toHaveLength(1);
  });

  it('is refused to somebody else, after its time, and when the user says no', async () => {
    const [user, stranger] = [await newcomer(), await newcomer()];
    expect(await problemOf(flow.callback(await consent(user), stranger.id))).toBe('wrong-user');

    const late = await consent(user);
    lab.advance({ seconds: 600 });
    expect(await problemOf(flow.callback(late, user.id))).toBe('expired');

    lab.google.setConsent(user.email, { deny: true });
    expect(await problemOf(flow.callback(await consent(user), user.id))).toBe('denied');

    const sparing = await newcomer();
    lab.google.setConsent(sparing.email, { scopes: DEFAULT_SCOPES.slice(0, 3) });
    const error = await rejection(flow.callback(await consent(sparing), sparing.id));
    expect(error).toMatchObject({
      code: 'ERR_DOMAIN_CONNECT',
      problem: 'scopes',
      missingScopes: DEFAULT_SCOPES.slice(3),
    });
    for (const { id } of [user, stranger, sparing]) expect(await lab.data.accounts.ofUser(id)).toEqual([]);
  });

  it('is let in once, when two callbacks come at once', async () => {
    const user = await newcomer();
    const parameters = await consent(user, '/settings?tab=accounts');
    const callbacks = [flow, other, flow, other].map((each) => each.callback(parameters, user.id));
    const outcomes = await Promise.allSettled(callbacks);
    const [connected, ...rest] = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(rest).toEqual([]);
    expect(connected).toMatchObject({
      value: {
        account: { userId: user.id, email: user.email, status: 'connected' },
        returnTo: '/settings?tab=accounts',
      },
    });
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ problem: 'state' });
    const [account] = await lab.data.accounts.ofUser(user.id);
    expect(await lab.process.tokens.accessToken(account!.id)).toMatch(/./);
    expect(await lab.data.tokens.facts(account!.id)).toMatchObject({ hasRefreshToken: true });
  });

  it('is refused where the account is another user’s, whose tokens stay', async () => {
    const [owner, thief] = [await newcomer(), await newcomer()];
    const { account } = await flow.callback(await consent(owner), owner.id);
    const before = await lab.data.tokens.facts(account.id);
    const parameters = await consent({ id: thief.id, email: owner.email });
    expect(await rejection(flow.callback(parameters, thief.id))).toMatchObject({
      code: 'ERR_DATA_ACCOUNT_TAKEN',
    });
    expect(await lab.data.tokens.facts(account.id)).toEqual(before);
    expect(await lab.data.accounts.ofUser(thief.id)).toEqual([]);
  });

  it('shows no secret when Google fails, and spends the state', async () => {
    const user = await newcomer();
    const parameters = await consent(user);
    lab.google.setFaults([{ kind: 'unavailable', operation: 'oauth.token' }]);
    const error = await rejection(flow.callback(parameters, user.id));
    expect(error).toMatchObject({ code: 'ERR_GOOGLE_UNAVAILABLE' });
    const shown = [JSON.stringify(error), error.stack].join();
    for (const secret of [parameters.get('code')!, parameters.get('state')!])
      expect(shown).not.toContain(secret);
    lab.google.setFaults([]);
    expect(await problemOf(flow.callback(parameters, user.id))).toBe('state');
  });

  it('forgets sign-ins that nobody came back from', async () => {
    await consent(await newcomer());
    lab.advance({ seconds: 600 });
    expect(await flow.removeExpired()).toBeGreaterThan(0);
    expect(await flow.removeExpired()).toBe(0);
  });

  it('is asked for at growing distances after the grant was revoked, until the user does it', async () => {
    const user = await newcomer('America/New_York');
    // Away from the quiet hours there, whatever other tests did to the clock.
    lab.advance({ seconds: 4 * 3600 });
    const { account } = await flow.callback(await consent(user), user.id);
    const { tokens } = lab.process;
    const pending = () => lab.data.notifications.ofUser(user.id, 'pending');
    lab.google.revoke(user.email);
    const rejected = await tokens.accessToken(account.id);
    expect(await rejection(tokens.accessToken(account.id, { rejected }))).toMatchObject({
      code: 'ERR_DOMAIN_RECONNECT_NEEDED',
      reason: 'invalid_grant',
    });
    expect(await tokens.health(account.id)).toMatchObject({ state: 'needs-reconnect' });
    expect(await pending()).toHaveLength(1);

    const asked: string[] = [];
    for (let day = 1; day <= 30; day++) {
      lab.advance({ seconds: DAY });
      const one = await tokens.remindToReconnect();
      if (one.includes(account.id)) asked.push(`day ${day}`);
    }
    const before = await dumpTables(lab.data);
    expect(await tokens.remindToReconnect()).toEqual([]);
    expect(await dumpTables(lab.data)).toEqual(before);
    expect(asked).toEqual(['day 1', 'day 3', 'day 7', 'day 14']);
    for (const { dueAt } of await pending()) {
      const hour = Number(
        dueAt.toLocaleTimeString('en-GB', { timeZone: 'America/New_York', hour: '2-digit' }),
      );
      expect(hour >= 8 && hour < 21).toBe(true);
    }

    await flow.callback(await consent(user), user.id);
    expect(await pending()).toEqual([]);
    expect(await tokens.remindToReconnect()).toEqual([]);
    expect(await tokens.health(account.id)).toMatchObject({ state: 'healthy' });
    expect(await lab.data.accounts.ofUser(user.id)).toMatchObject([{ id: account.id, status: 'connected' }]);
  });
});
