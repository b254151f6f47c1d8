import { dumpTables } from '@switchyard/catchup-data/testing';
import type { PushMessage } from '@switchyard/catchup-google';
import { eventsResource } from '../calendar/sync-run.js';
import { DAY_SECONDS, startChannelLab, type ChannelLab, type Owner } from '../spec-support/channel-lab.js';
import { DATABASE_KINDS } from '../spec-support/databases.js';

describe.each(DATABASE_KINDS)('what comes through push channels on the %s database', (kind) => {
  let lab: ChannelLab;
  beforeAll(async () => {
    lab = await startChannelLab(kind);
  });
  afterAll(() => lab.stop());
  beforeEach(() => {
    lab.google.setFaults([]);
    lab.app.handle((message) => lab.channels.receive(message));
  });

  /** With a channel that has greeted, and what it said. */
  async function watched() {
    const one = await lab.owner();
    await lab.renew(one);
    const channel = (await lab.channelsOf(one))[0]!;
    return { one, channel, greeting: lab.app.messages.at(-1) as PushMessage };
  }
  const lastReceived = () => lab.app.received.at(-1);
  const asksToSync = ({ account, calendar }: Owner, recovered = false) => ({
    action: 'sync',
    accountId: account.id,
    calendarId: calendar.id,
    resource: eventsResource(calendar.externalId),
    recovered,
  });
  const ignored = (reason: string) => ({ action: 'ignore', reason });

  it('is believed with its token alone, and nothing is written before', async () => {
    const { channel, greeting } = await watched();
    const forged = { ...greeting, messageNumber: 50, resourceState: 'exists' as const };
    const before = await dumpTables(lab.data);
    const receive = (more: Partial<PushMessage>) => lab.channels.receive({ ...forged, ...more });
    expect(await receive({ token: 'guessed' })).toEqual(ignored('wrong-token'));
    expect(await receive({ channelId: 'nobody' })).toEqual(ignored('unknown-channel'));
    expect(await receive({ resourceId: 'another' })).toEqual(ignored('wrong-resource'));
    expect(await dumpTables(lab.data)).toEqual(before);
    expect(channel).toMatchObject({ lastMessageNumber: 1, lastNotifiedAt: lab.now() });
  });

  it('asks for a sync of what changed, and for none when it greets', async () => {
    const { one } = await watched();
    expect(lastReceived()).toEqual(ignored('greeting'));
    await lab.change(one);
    expect(lastReceived()).toEqual(asksToSync(one));
  });

  it('asks once, however often it comes', async () => {
    const { one } = await watched();
    lab.google.setFaults([{ kind: 'repeated-push', times: 1 }]);
    await lab.change(one);
    expect(lab.app.received.slice(-2)).toEqual([asksToSync(one), ignored('repeated')]);
    const message = lab.app.messages.at(-1)!;
    const next = { ...message, messageNumber: message.messageNumber + 9 };
    const at = await Promise.all([1, 2, 3, 4].map(() => lab.channels.receive(next)));
    expect(at.filter(({ action }) => action === 'sync')).toHaveLength(1);
    // One that was overtaken tells of nothing that the later one has not told.
    const overtaken = { ...message, messageNumber: message.messageNumber + 5 };
    expect(await lab.channels.receive(overtaken)).toEqual(ignored('repeated'));
  });

  it('asks once when two channels tell of the same while one takes over from the other', async () => {
    const { one, channel: old } = await watched();
    lab.advance({ seconds: 6 * DAY_SECONDS + 1 });
    lab.google.setFaults([{ kind: 'internal-error', operation: 'calendar.channels.stop' }]);
    await lab.renew(one);
    const soFar = lab.app.received.length;
    await lab.change(one);
    const outcomes = lab.app.received.slice(soFar);
    expect(outcomes).toHaveLength(2);
    expect(outcomes).toEqual(expect.arrayContaining([asksToSync(one), ignored('superseded')]));
    // As long as the new one has not shown that it works, the old one counts.
    await lab.data.channels.remove((await lab.channelsOf(one)).find(({ id }) => id !== old.id)!.id);
    await lab.data.channels.open({
      ...old,
      id: lab.newId(),
      token: 'mute',
      createdAt: lab.now(),
      lastMessageNumber: 0,
    });
    await lab.change(one);
    expect(lab.app.received).toContainEqual(asksToSync(one));
    expect(lab.app.received.slice(-2)).toContainEqual(asksToSync(one));
  });

  it('comes to nothing when the channel is stopped or over', async () => {
    const { one, greeting } = await watched();
    const late = { ...greeting, messageNumber: 99, resourceState: 'exists' as const };
    await lab.channels.stop(one.account.id);
    expect(await lab.channels.receive(late)).toEqual(ignored('stopped'));
    const other = await watched();
    lab.advance({ seconds: 7 * DAY_SECONDS });
    const over = { ...other.greeting, messageNumber: 99, resourceState: 'exists' as const };
    expect(await lab.channels.receive(over)).toEqual(ignored('expired'));
    expect(await lab.data.channels.get(other.channel.id)).toMatchObject({ lastMessageNumber: 1 });
  });

  it('says that a calendar is gone', async () => {
    const { one, greeting } = await watched();
    const gone = { ...greeting, messageNumber: 2, resourceState: 'not_exists' as const };
    expect(await lab.channels.receive(gone)).toEqual(asksToSync(one));
  });

  it('is missed when polls find changes that it does not tell of, and relied upon again when it does', async () => {
    const { one, channel } = await watched();
    const statusNow = async () => (await lab.data.channels.get(channel.id))?.status;
    const check = () => lab.channels.checkHealth(one.account.id);
    const pollIn = async (seconds: number, changes: number) => {
      lab.advance({ seconds });
      await lab.poll(one, changes);
    };
    lab.google.setFaults([{ kind: 'silent-push' }]);
    await pollIn(60, 0);
    for (let poll = 0; poll < 2; poll++) {
      await lab.change(one);
      expect(await check()).toEqual([]);
      await pollIn(3600, 1);
    }
    expect(await check()).toEqual([]);
    lab.advance({ seconds: 601 });
    const resource = eventsResource(one.calendar.externalId);
    expect(await check()).toEqual([
      {
        channelId: channel.id,
        resource,
        reasons: [expect.objectContaining({ kind: 'missed-changes', polls: 2 })],
      },
    ]);
    expect(await statusNow()).toBe('silent');
    // It is polled at once.
    expect(await lab.data.syncState.get(one.account.id, resource)).toMatchObject({ nextSyncAt: lab.now() });
    const before = await dumpTables(lab.data);
    lab.advance({ seconds: 60 });
    expect(await check()).toEqual([]);
    expect(await dumpTables(lab.data)).toEqual(before);

    lab.google.setFaults([]);
    await lab.change(one);
    expect(lastReceived()).toEqual(asksToSync(one, true));
    expect(await statusNow()).toBe('active');
    expect(await check()).toEqual([]);
  });

  it('is missed when not even the first message came', async () => {
    const one = await lab.owner();
    lab.google.setFaults([{ kind: 'silent-push' }]);
    await lab.renew(one);
    expect(await lab.channels.checkHealth(one.account.id)).toEqual([]);
    lab.advance({ seconds: 1800 });
    expect(await lab.channels.checkHealth(one.account.id)).toMatchObject([
      { reasons: [{ kind: 'never-greeted' }] },
    ]);
    expect(await lab.channelsOf(one)).toMatchObject([{ status: 'silent' }]);
  });

  it('is not missed where nothing changes', async () => {
    const { one, channel } = await watched();
    for (let poll = 0; poll < 5; poll++) {
      lab.advance({ seconds: 3600 });
      await lab.poll(one, 0);
    }
    lab.advance({ seconds: 3600 });
    expect(await lab.channels.checkHealth(one.account.id)).toEqual([]);
    expect(await lab.data.channels.get(channel.id)).toMatchObject({ status: 'active' });
  });
});
