import { dumpTables } from '@switchyard/catchup-data/testing';
import { inspect } from 'node:util';
import { DAY_SECONDS, startChannelLab, type ChannelLab } from '../spec-support/channel-lab.js';
import { DATABASE_KINDS } from '../spec-support/databases.js';
import { rejection } from '../spec-support/lab.js';
import { until } from '../spec-support/until.js';

const WATCH = 'calendar.events.watch';
const STOP = 'calendar.channels.stop';

describe.each(DATABASE_KINDS)('push channels on the %s database', (kind) => {
  let lab: ChannelLab;
  beforeAll(async () => {
    lab = await startChannelLab(kind);
  });
  afterAll(() => lab.stop());
  afterEach(() => {
    lab.google.setFaults([]);
    lab.app.handle((message) => lab.channels.receive(message));
  });
  const asked = async (work: () => Promise<unknown>) => {
    const before = lab.google.requests.length;
    await work();
    return lab.google.requests.slice(before).map(({ operation }) => operation);
  };

  it.each([
    ['webhookUrl', 'not an address'],
    ['webhookUrl', 'ftp://app.example'],
    ['ttlSeconds', 0],
    ['renewBeforeSeconds', 7 * DAY_SECONDS],
    ['renewBeforeSeconds', Number.NaN],
    ['leaseSeconds', -1],
  ])('refuse %s as %p', (option, value) => {
    expect(() => lab.serviceOn(lab.process, { [option]: value })).toThrow(
      expect.objectContaining({ code: 'ERR_DOMAIN_CHANNEL_OPTION', option, value }),
    );
  });

  it('refuse an account that is not there', async () => {
    for (const work of [lab.channels.renew, lab.channels.stop, lab.channels.checkHealth])
      expect(await rejection(work('nobody'))).toMatchObject({ code: 'ERR_DOMAIN_UNKNOWN_ACCOUNT' });
  });

  it('are opened once for each calendar, and polling is noted where there are none', async () => {
    const one = await lab.owner();
    const holidays = await lab.addHolidays(one.account);
    expect(await lab.renew(one)).toEqual({
      opened: [one.calendar.id],
      notSupported: [holidays.id],
      stopped: [],
      failures: [],
    });
    const open = (await lab.channelsOf(one)).filter(({ status }) => status === 'active');
    expect(open).toMatchObject([{ calendarId: one.calendar.id, lastMessageNumber: 1 }]);
    expect(lab.openAtGoogle(one)).toEqual([open[0]!.id]);

    const before = await dumpTables(lab.data);
    lab.advance({ seconds: 3600 });
    expect(await asked(() => lab.renew(one))).toEqual([]);
    expect(await dumpTables(lab.data)).toEqual(before);
    expect(inspect(before, { depth: 9 })).not.toContain('a-token-that-nobody-guesses');

    // Google may have changed its mind by then.
    lab.advance({ seconds: 8 * DAY_SECONDS });
    expect(await lab.renew(one)).toMatchObject({ notSupported: [holidays.id] });
  });

  it('of one calendar fail without the others', async () => {
    const one = await lab.owner();
    const missing = await lab.addCalendar(one.account, 'gone@group.calendar.google.com');
    expect(await lab.renew(one)).toMatchObject({
      opened: [one.calendar.id],
      failures: [{ id: missing.id, reason: 'ERR_GOOGLE_NOT_FOUND' }],
    });
    expect(await lab.channelsOf(one)).toHaveLength(1);
  });

  it('are renewed before their end: the new one is opened first, then the old one is stopped', async () => {
    const one = await lab.owner();
    await lab.renew(one);
    const [old] = lab.openAtGoogle(one);
    expect(await lab.channels.accountsDue()).not.toContain(one.account.id);
    lab.advance({ seconds: 6 * DAY_SECONDS + 1 });
    expect(await lab.channels.accountsDue()).toContain(one.account.id);

    expect(await asked(() => lab.renew(one))).toEqual([expect.stringMatching(/token/), WATCH, STOP]);
    const [renewed, ...others] = lab.openAtGoogle(one);
    expect(others).toEqual([]);
    expect(renewed).not.toBe(old);
    expect(await lab.data.channels.get(old!)).toMatchObject({ status: 'stopped' });
    expect(await lab.data.channels.get(renewed!)).toMatchObject({ status: 'active' });

    lab.advance({ seconds: 2 * DAY_SECONDS });
    await lab.renew(one);
    expect(await lab.data.channels.get(old!)).toBeUndefined();
  });

  it('stay when the old one cannot be stopped, and it is tried again', async () => {
    const one = await lab.owner();
    await lab.renew(one);
    const [old] = lab.openAtGoogle(one);
    lab.advance({ seconds: 6 * DAY_SECONDS + 1 });
    lab.google.setFaults([{ kind: 'internal-error', operation: STOP }]);
    expect(await lab.renew(one)).toMatchObject({
      opened: [one.calendar.id],
      stopped: [],
      failures: [{ id: old, reason: 'ERR_GOOGLE_UNAVAILABLE' }],
    });
    lab.google.setFaults([]);
    expect(await lab.renew(one)).toMatchObject({ opened: [], stopped: [old], failures: [] });
    expect(lab.openAtGoogle(one)).toHaveLength(1);
  });

  it('that were granted while the answer was lost are taken over by their first message', async () => {
    const one = await lab.owner();
    lab.google.setFaults([{ kind: 'drop-after', operation: WATCH, times: 1 }]);
    expect(await lab.renew(one)).toMatchObject({ opened: [], failures: [{ id: one.calendar.id }] });
    lab.google.setFaults([]);
    expect(await lab.channelsOf(one)).toMatchObject([{ status: 'active', resourceId: expect.any(String) }]);
    expect(await asked(() => lab.renew(one))).toEqual([]);
  });

  it('that nobody ever heard of are stopped when there is another', async () => {
    const one = await lab.owner();
    lab.app.handle(undefined);
    lab.google.setFaults([{ kind: 'drop-after', operation: WATCH, times: 1 }]);
    await lab.renew(one);
    const [lost] = lab.openAtGoogle(one);
    expect(await lab.data.channels.get(lost!)).toMatchObject({ status: 'pending', resourceId: null });

    expect(await lab.renew(one)).toMatchObject({ opened: [one.calendar.id], stopped: [lost] });
    expect(lab.openAtGoogle(one)).toHaveLength(1);
    expect(lab.openAtGoogle(one)).not.toContain(lost);
    // It stands in nobody's way.
    lab.advance({ seconds: 6 * DAY_SECONDS + 1 });
    expect(await lab.renew(one)).toMatchObject({ opened: [one.calendar.id] });
  });

  it('of a run that was killed while it asked are there once after the next', async () => {
    const one = await lab.owner();
    // A greeting would take the channel over, if it came in time.
    lab.app.handle(undefined);
    const abort = new AbortController();
    lab.google.setFaults([{ kind: 'slow', operation: WATCH, delayMs: 60_000 }]);
    const killed = rejection(lab.channels.renew(one.account.id, { signal: abort.signal }));
    await until(async () => (await lab.channelsOf(one)).length > 0);
    abort.abort(new Error('killed'));
    await killed;
    lab.google.setFaults([]);
    expect(await lab.renew(one)).toMatchObject({ opened: [one.calendar.id], stopped: [expect.any(String)] });
    expect(lab.openAtGoogle(one)).toHaveLength(1);
    expect(await lab.channelsOf(one)).toHaveLength(1);
  });

  it('are opened by one run at a time', async () => {
    const one = await lab.owner();
    const other = lab.serviceOn(await lab.startProcess());
    const runs = await Promise.all(
      [lab.channels, other, lab.channels].map((service) => service.renew(one.account.id)),
    );
    const opened = runs.flatMap((run) => (run.state === 'renewed' ? run.report.opened : []));
    expect(opened).toEqual([one.calendar.id]);
    expect(lab.openAtGoogle(one)).toHaveLength(1);
  });

  it('of a run that was overtaken are closed by itself', async () => {
    const one = await lab.owner();
    const { calendar } = lab.process.google;
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let isHanging = false;
    const hanging = lab.serviceOn(lab.process, {
      google: {
        calendar: {
          stopChannel: (...args) => calendar.stopChannel(...args),
          async watchEvents(...args) {
            isHanging = true;
            await held;
            return await calendar.watchEvents(...args);
          },
        },
      },
    });
    const overtaken = rejection(hanging.renew(one.account.id));
    await until(() => isHanging);
    expect(await lab.channels.renew(one.account.id)).toEqual({ state: 'busy' });
    lab.advance({ seconds: 121 });
    await lab.renew(one);
    const [kept] = lab.openAtGoogle(one);
    goOn();
    expect(await overtaken).toMatchObject({ code: 'ERR_DOMAIN_SYNC_OVERTAKEN' });
    await lab.google.pushesSettled();
    expect(lab.openAtGoogle(one)).toEqual([kept]);
    expect(await asked(() => lab.renew(one))).toEqual([]);
  });

  it('of calendars that are gone or not selected any more are stopped', async () => {
    const one = await lab.owner();
    await lab.renew(one);
    const [id] = lab.openAtGoogle(one);
    await lab.data.calendars.setSelected(one.calendar.id, false, lab.now());
    expect(await lab.renew(one)).toMatchObject({ opened: [], stopped: [id] });
    await lab.data.calendars.setSelected(one.calendar.id, true, lab.now());
    expect(await lab.renew(one)).toMatchObject({ opened: [one.calendar.id] });
    await lab.data.calendars.markDeleted(one.account.id, [one.calendar.externalId], lab.now());
    expect(await lab.renew(one)).toMatchObject({ opened: [], stopped: [expect.any(String)] });
    expect(lab.openAtGoogle(one)).toEqual([]);
  });

  it('are all stopped at the end, those that are gone already and those that were lost too', async () => {
    const one = await lab.owner();
    await lab.renew(one);
    const [first] = await lab.channelsOf(one);
    await lab.process.google.calendar.stopChannel(one.account.id, {
      channelId: first!.id,
      resourceId: first!.resourceId!,
    });
    await lab.data.channels.open({
      ...first!,
      id: lab.newId(),
      resourceId: null,
      status: 'pending',
      token: 'another',
    });
    const outcome = await lab.channels.stop(one.account.id);
    expect(outcome).toMatchObject({ state: 'stopped', report: { failures: [] } });
    expect(await lab.channelsOf(one)).toMatchObject([{ id: first!.id, status: 'stopped' }]);
    const before = await dumpTables(lab.data);
    expect(await asked(() => lab.channels.stop(one.account.id))).toEqual([]);
    expect(await dumpTables(lab.data)).toEqual(before);
    // Whoever comes back has channels again.
    expect(await lab.renew(one)).toMatchObject({ opened: [one.calendar.id] });
  });

  it('need a grant', async () => {
    const one = await lab.owner();
    await lab.data.accounts.setStatus(one.account.id, 'needs-reconnect', 'invalid_grant', lab.now());
    expect(await lab.channels.renew(one.account.id)).toEqual({ state: 'not-connected' });
  });
});
