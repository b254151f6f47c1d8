import type { Account, Calendar, PushChannel } from '@switchyard/catchup-data';
import { HOLIDAYS_CALENDAR_ID } from '@switchyard/google-stand-in';
import { eventsResource } from '../calendar/sync-run.js';
import type { ChannelParts } from '../channels/channel-parts.js';
import { createChannelService, type ChannelService } from '../channels/channel-service.js';
import type { ReceivedPush } from '../channels/receive-push.js';
import type { RenewalReport } from '../channels/renew-channels.js';
import type { DatabaseKind } from './databases.js';
import { startLab, type ConnectedUser, type Lab, type Process } from './lab.js';
import { startPushApp, type PushApp } from './push-app.js';

export const DAY_SECONDS = 86_400;

export interface Owner extends ConnectedUser {
  /** The primary one. */
  readonly calendar: Calendar;
}

/** Accounts whose calendars are known, and an app that pushes come to. */
export interface ChannelLab extends Lab {
  readonly app: PushApp<ReceivedPush>;
  readonly channels: ChannelService;
  serviceOn(process: Process, more?: Partial<ChannelParts>): ChannelService;
  /** Somebody with a primary calendar, synced once. */
  owner(): Promise<Owner>;
  addCalendar(account: Account, externalId: string): Promise<Calendar>;
  addHolidays(account: Account): Promise<Calendar>;
  renew(owner: ConnectedUser, service?: ChannelService): Promise<RenewalReport>;
  channelsOf(owner: ConnectedUser): Promise<PushChannel[]>;
  /** What the provider sends to, of one owner. */
  openAtGoogle(owner: ConnectedUser): string[];
  /** Something changes in the primary calendar, and everybody is told. */
  change(owner: ConnectedUser): Promise<void>;
  /** A poll of the primary calendar that found so much. */
  poll(owner: Owner, changes: number): Promise<void>;
}

export async function startChannelLab(kind: DatabaseKind): Promise<ChannelLab> {
  const users = Array.from({ length: 25 }, (_, n) => ({
    email: `user${n}@example.com`,
    contacts: 0,
    events: 0,
    series: false,
  }));
  const lab = await startLab(kind, { users, pushRetryDelaysMs: [] });
  const app = await startPushApp<ReceivedPush>();
  let people = 0;
  let tokens = 0;
  const { data, google, now, newId } = lab;
  const serviceOn = (process: Process, more: Partial<ChannelParts> = {}) =>
    createChannelService({
      ...process,
      now,
      newId,
      newToken: () => `a-token-that-nobody-guesses-${++tokens}`,
      webhookUrl: app.url,
      ...more,
    });
  const channels = serviceOn(lab.process);
  app.handle((message) => channels.receive(message));

  async function addCalendar({ id: accountId, userId }: Account, externalId: string): Promise<Calendar> {
    const at = { createdAt: now(), updatedAt: now() };
    const { inserted } = await data.calendars.upsert([
      {
        id: newId(),
        accountId,
        userId,
        externalId,
        summary: externalId,
        timeZone: 'UTC',
        accessRole: 'owner',
        ...at,
      },
    ]);
    return inserted[0] as Calendar;
  }

  async function poll({ account, calendar }: Owner, changes: number): Promise<void> {
    const resource = eventsResource(calendar.externalId);
    const known = await data.syncState.get(account.id, resource);
    const run = { at: now().toISOString(), changes };
    await data.syncState.save({
      accountId: account.id,
      resource,
      changeHistory: [...(known?.changeHistory ?? []), run],
      nextSyncAt: new Date(now().getTime() + DAY_SECONDS * 1000),
      createdAt: now(),
      updatedAt: now(),
    });
  }

  return {
    ...lab,
    app,
    channels,
    serviceOn,
    addCalendar,
    addHolidays: (account) => addCalendar(account, HOLIDAYS_CALENDAR_ID),
    poll,
    async owner() {
      const email = `user${people++}@example.com`;
      const one = await lab.addUser(email);
      const owner = { ...one, calendar: await addCalendar(one.account, email) };
      await poll(owner, 0);
      return owner;
    },
    async renew({ account }, service = channels) {
      const outcome = await service.renew(account.id);
      if (outcome.state !== 'renewed') throw new Error(`expected a report, it was ${outcome.state}`);
      await google.pushesSettled();
      return outcome.report;
    },
    channelsOf: ({ account }) => data.channels.ofAccount(account.id),
    openAtGoogle: ({ user }) => {
      const userId = google.users.find(({ email }) => email === user.email)?.id;
      return google.channels().flatMap((channel) => (channel.userId === userId ? [channel.id] : []));
    },
    async change({ user }) {
      const [start, end] = [now(), new Date(now().getTime() + 3_600_000)];
      google.addEvent(user.email, {
        summary: 'New',
        start: { dateTime: start.toISOString() },
        end: { dateTime: end.toISOString() },
      });
      await google.pushesSettled();
    },
    async stop() {
      app.stop();
      await lab.stop();
    },
  };
}
