import type { PushMessage } from '@switchyard/catchup-google';
import { DomainError } from '../domain-error.js';
import { UnknownAccountError } from '../unknown-account-error.js';
import { checkChannels, type SilentChannel } from './check-channels.js';
import { underLease, type ChannelParts } from './channel-parts.js';
import { DEFAULT_TTL_SECONDS } from './open-channel.js';
import { isGranted, stoppable } from './plan-channels.js';
import { receivePush, type ReceivedPush } from './receive-push.js';
import {
  noteStopped,
  renewBeforeMs,
  renewChannels,
  stopChannels,
  type RenewalReport,
} from './renew-channels.js';

export type RenewalOutcome =
  | { readonly state: 'renewed'; readonly report: RenewalReport }
  /** Another run opens or stops channels of the same account; nothing was done. */
  | { readonly state: 'busy' }
  /** Without a grant nothing can be opened or stopped; what is open ends by itself. */
  | { readonly state: 'not-connected' };

export type StopOutcome =
  | { readonly state: 'stopped'; readonly report: Pick<RenewalReport, 'stopped' | 'failures'> }
  | { readonly state: 'busy' };

interface Cancellable {
  readonly signal?: AbortSignal;
}

export interface ChannelService {
  /**
   * Sees to it that each calendar that the user has selected has one channel, which does not end soon. A calendar that
   * fails is reported and does not keep the others from theirs.
   *
   * @throws UnknownAccountError, SyncOvertakenError, and whatever the database and the signal reject with
   */
  renew(accountId: string, options?: Cancellable): Promise<RenewalOutcome>;
  /**
   * Accounts with channels that end soon, the first to end first. Accounts without any channel are not among them.
   *
   * @param limit of channels that are looked at; default 1000
   */
  accountsDue(limit?: number): Promise<string[]>;
  /**
   * Stops all channels of an account. To be called before its tokens are taken back: nothing can be stopped without
   * them. What cannot be stopped then is reported, and pushes through it are ignored all the same.
   *
   * @throws UnknownAccountError, SyncOvertakenError
   */
  stop(accountId: string, options?: Cancellable): Promise<StopOutcome>;
  /** Says which calendar a push asks to sync, if it is one to be believed. */
  receive(message: PushMessage): Promise<ReceivedPush>;
  /**
   * Finds channels of an account that went silent. They are relied upon again when a push comes through them.
   *
   * @throws UnknownAccountError
   */
  checkHealth(accountId: string): Promise<SilentChannel[]>;
}

/** An option of the channel service that is out of bounds. */
export class ChannelOptionError extends DomainError {
  readonly code = 'ERR_DOMAIN_CHANNEL_OPTION';
  constructor(
    readonly option: string,
    readonly value: unknown,
    allowed: string,
  ) {
    super(`${option} must be ${allowed}, not ${String(value)}`);
  }
}

/** @throws ChannelOptionError */
export function createChannelService(parts: ChannelParts): ChannelService {
  checkParts(parts);
  const { data, now } = parts;
  const accountOf = async (accountId: string) => {
    const account = await data.accounts.get(accountId);
    if (!account) throw new UnknownAccountError(accountId);
    return account;
  };

  return {
    async renew(accountId, { signal } = {}) {
      signal?.throwIfAborted();
      const { status } = await accountOf(accountId);
      if (status !== 'connected') return { state: 'not-connected' };
      const report = await underLease(parts, accountId, (lease) =>
        renewChannels(parts, accountId, lease, signal),
      );
      return report ? { state: 'renewed', report } : { state: 'busy' };
    },

    async accountsDue(limit = 1000) {
      const endingBy = new Date(now().getTime() + renewBeforeMs(parts));
      const channels = await data.channels.endingBy(endingBy, limit);
      return [...new Set(channels.map(({ accountId }) => accountId))];
    },

    async stop(accountId, { signal } = {}) {
      signal?.throwIfAborted();
      await accountOf(accountId);
      const report = await underLease(parts, accountId, async (lease) => {
        const channels = await data.channels.ofAccount(accountId);
        const open = channels.filter((one) => isGranted(one) || one.status === 'pending');
        const alive = open.filter(({ expiresAt }) => expiresAt > now());
        const done = await stopChannels(
          parts,
          alive.flatMap((channel) => stoppable(channel, channels)),
          lease,
          signal,
        );
        // The account is on its way out: nobody tries again, and nothing is to come of a push.
        for (const channel of open) await noteStopped(data, channel, now());
        return done;
      });
      return report ? { state: 'stopped', report } : { state: 'busy' };
    },

    receive: (message) => receivePush(parts, message),

    async checkHealth(accountId) {
      await accountOf(accountId);
      return checkChannels(parts, accountId);
    },
  };
}

function checkParts({ webhookUrl, ttlSeconds = DEFAULT_TTL_SECONDS, ...parts }: ChannelParts): void {
  if (!URL.canParse(webhookUrl) || !/^https?:$/.test(new URL(webhookUrl).protocol))
    throw new ChannelOptionError('webhookUrl', webhookUrl, 'an https or http address');
  if (!(ttlSeconds > 0)) throw new ChannelOptionError('ttlSeconds', ttlSeconds, 'above 0');
  const renewBeforeSeconds = renewBeforeMs({ webhookUrl, ...parts }) / 1000;
  // A channel that is due as soon as it is open would be replaced by every run.
  if (!(renewBeforeSeconds >= 0 && renewBeforeSeconds < ttlSeconds))
    throw new ChannelOptionError(
      'renewBeforeSeconds',
      renewBeforeSeconds,
      'from 0, and less than ttlSeconds',
    );
  const { leaseSeconds = 120 } = parts;
  if (!(leaseSeconds > 0)) throw new ChannelOptionError('leaseSeconds', leaseSeconds, 'above 0');
}
