import { timingSafeEqual } from 'node:crypto';
import { and, asc, eq, inArray, lt, lte, sql } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import {
  pushChannels,
  type ChannelStatus,
  type NewPushChannel,
  type PushChannel,
} from '../schema/push-channels.js';
import { hashOf } from '../tokens/hash-of.js';
import { updateIfChanged } from './update-if-changed.js';

export type OpenedChannel = Omit<NewPushChannel, 'tokenHash'> & {
  /** At least 128 random bits, told to the provider; only its hash is stored. */
  readonly token: string;
};

export interface ChannelStore {
  /** Before it is asked for, so that no push comes to an unknown channel. */
  open(channel: OpenedChannel): Promise<PushChannel>;
  /** The provider has granted it. Returns false where that was noted. */
  activate(id: string, granted: { resourceId: string; expiresAt: Date }, now: Date): Promise<boolean>;
  get(id: string): Promise<PushChannel | undefined>;
  /** The channel that a push names, if the push carries its token. */
  authenticate(id: string, token: string): Promise<PushChannel | undefined>;
  /** @returns false for a message that came before, or after a later one */
  noteMessage(id: string, messageNumber: number, now: Date): Promise<boolean>;
  /** @returns false where it had that status */
  setStatus(id: string, status: ChannelStatus, now: Date): Promise<boolean>;
  ofAccount(accountId: string): Promise<PushChannel[]>;
  /** Active or silent ones that end by then, the next to end first. */
  endingBy(time: Date, limit: number): Promise<PushChannel[]>;
  /** Active ones through which nothing has come since then, though they are older; by id. */
  quietSince(time: Date, limit: number): Promise<PushChannel[]>;
  remove(id: string): Promise<boolean>;
}

export function createChannelStore(queries: Queries): ChannelStore {
  const get = async (id: string) =>
    (await queries.select().from(pushChannels).where(eq(pushChannels.id, id)))[0];
  const change = async (id: string, changes: Partial<PushChannel>, now: Date) =>
    (await updateIfChanged(queries, pushChannels, eq(pushChannels.id, id), changes, { updatedAt: now }))
      .length > 0;
  return {
    async open({ token, ...channel }) {
      const rows = await queries
        .insert(pushChannels)
        .values({ ...channel, tokenHash: hashOf(token) })
        .returning();
      return rows[0] as PushChannel;
    },
    activate: (id, { resourceId, expiresAt }, now) =>
      change(id, { resourceId, expiresAt, status: 'active' }, now),
    get,
    async authenticate(id, token) {
      const channel = await get(id);
      const isItsOwn = channel && timingSafeEqual(Buffer.from(hashOf(token)), Buffer.from(channel.tokenHash));
      return isItsOwn ? channel : undefined;
    },
    async noteMessage(id, messageNumber, now) {
      const noted = await queries
        .update(pushChannels)
        .set({
          lastMessageNumber: messageNumber,
          lastNotifiedAt: now,
          updatedAt: now,
          status: sql`case ${pushChannels.status} when 'silent' then 'active' else ${pushChannels.status} end`,
        })
        .where(and(eq(pushChannels.id, id), lt(pushChannels.lastMessageNumber, messageNumber)))
        .returning({ id: pushChannels.id });
      return noted.length > 0;
    },
    setStatus: (id, status, now) => change(id, { status }, now),
    ofAccount: (accountId) =>
      queries
        .select()
        .from(pushChannels)
        .where(eq(pushChannels.accountId, accountId))
        .orderBy(asc(pushChannels.id)),
    endingBy: (time, limit) =>
      queries
        .select()
        .from(pushChannels)
        .where(and(inArray(pushChannels.status, ['active', 'silent']), lte(pushChannels.expiresAt, time)))
        .orderBy(asc(pushChannels.expiresAt), asc(pushChannels.id))
        .limit(limit),
    quietSince: (time, limit) =>
      queries
        .select()
        .from(pushChannels)
        .where(
          and(
            eq(pushChannels.status, 'active'),
            lt(
              sql`coalesce(${pushChannels.lastNotifiedAt}, ${pushChannels.createdAt})`,
              sql.param(time, pushChannels.createdAt),
            ),
          ),
        )
        .orderBy(asc(pushChannels.id))
        .limit(limit),
    async remove(id) {
      return (await queries.delete(pushChannels).where(eq(pushChannels.id, id)).returning()).length > 0;
    },
  };
}
