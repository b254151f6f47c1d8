import type { Data, SyncLease } from '@switchyard/catchup-data';
import type { CalendarClient } from '@switchyard/catchup-google';
import { SyncOvertakenError } from '../syncing/sync-overtaken-error.js';
import type { ChannelHealthLimits } from './channel-health.js';

/** Under which name an account's channels are leased. */
export const CHANNELS_RESOURCE = 'channels';

export interface ChannelParts {
  readonly data: Data;
  readonly google: { readonly calendar: Pick<CalendarClient, 'watchEvents' | 'stopChannel'> };
  readonly now: () => Date;
  /** Unique for ever, at most 64 characters of `[A-Za-z0-9_-+/=]`: a UUID. */
  readonly newId: () => string;
  /** What pushes prove themselves with: at least 128 random bits, in at most 256 printable characters. */
  readonly newToken: () => string;
  /** Where the provider posts its messages. */
  readonly webhookUrl: string;
  /** How long channels are asked for; Google grants 30 days at most. Default a week. */
  readonly ttlSeconds?: number;
  /** How long before its end a channel is replaced; shorter than `ttlSeconds`. Default a day. */
  readonly renewBeforeSeconds?: number;
  /** How long one call to the provider may take before another run may take over. Default 120. */
  readonly leaseSeconds?: number;
  readonly healthLimits?: ChannelHealthLimits;
}

/** Runs alone among those that open and stop an account's channels; `undefined` where another one is at it. */
export async function underLease<Result>(
  { data, now, newId, leaseSeconds = 120 }: ChannelParts,
  accountId: string,
  work: (lease: () => SyncLease) => Promise<Result>,
): Promise<Result | undefined> {
  const holder = newId();
  const lease = () => ({
    accountId,
    resource: CHANNELS_RESOURCE,
    holder,
    expiresAt: new Date(now().getTime() + leaseSeconds * 1000),
  });
  if (!(await data.syncLeases.take(lease(), now()))) return undefined;
  try {
    return await work(lease);
  } finally {
    await data.syncLeases.release(lease());
  }
}

/** @throws SyncOvertakenError where the lease is somebody else's by now */
export async function holdLease(stores: Pick<Data, 'syncLeases'>, lease: SyncLease): Promise<void> {
  if (!(await stores.syncLeases.hold(lease))) throw new SyncOvertakenError(lease.accountId, lease.resource);
}
