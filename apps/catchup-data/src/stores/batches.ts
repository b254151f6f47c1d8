import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import {
  notificationBatches,
  type BatchState,
  type NotificationBatch,
  type NotificationStatus,
} from '../schema/notifications.js';

/** What becomes of a batch. Each step is taken once: whoever comes second is told false. */
/** What is given to the provider. */
export interface BatchMessage {
  /** E.164. */
  readonly recipient: string;
  readonly body: string;
}

export interface BatchStore {
  get(id: string): Promise<NotificationBatch | undefined>;
  byProviderMessageId(id: string): Promise<NotificationBatch | undefined>;
  /** The newest first. */
  ofUser(userId: string): Promise<NotificationBatch[]>;
  /**
   * Right before the message is given to the provider; from then on nobody may send it again without asking.
   *
   * @returns false where it is not claimed any more, because its lease ran out and somebody released it
   */
  markSending(id: string, message: BatchMessage, leaseUntil: Date, now: Date): Promise<boolean>;
  /** The provider has it. Its notifications are sent. */
  markSent(id: string, providerMessageId: string, now: Date): Promise<boolean>;
  /** The provider refused it, for sure. Its notifications are pending again, or failed where `final`. */
  markFailed(
    id: string,
    failure: string,
    how: { readonly final: boolean; readonly now: Date },
  ): Promise<boolean>;
  /** Nothing was given to the provider. Its notifications are pending again. */
  release(id: string, now: Date): Promise<boolean>;
  /** Open ones whose lease ran out, the oldest first: those `claimed` can be released, of those `sending` nobody knows. */
  abandoned(now: Date, limit: number): Promise<NotificationBatch[]>;
}

interface Ending {
  readonly from: readonly BatchState[];
  readonly to: BatchState;
  /** Its notifications. */
  readonly becomes: NotificationStatus;
  readonly attempted: boolean;
  readonly providerMessageId?: string;
  readonly failure?: string;
  readonly now: Date;
}

export function createBatchStore(queries: Queries): BatchStore {
  const one = async (where: ReturnType<typeof eq>) =>
    (await queries.select().from(notificationBatches).where(where))[0];

  const at = (time: Date | null) => sql.param(time, notificationBatches.updatedAt);

  /** The batch and its notifications in one statement, so that no crash comes between. */
  const end = async (id: string, ending: Ending) => {
    const { from, to, now, becomes, attempted, providerMessageId = null, failure = null } = ending;
    const sentAt = to === 'sent' ? now : null;
    const answer = await queries.execute(sql`
      with ended as (
        update notification_batches
        set state = ${to}, lease_until = null, failure = ${failure}::text, sent_at = ${at(sentAt)}::timestamptz,
          provider_message_id = ${providerMessageId}::text, updated_at = ${at(now)}
        where ${and(eq(notificationBatches.id, id), inArray(notificationBatches.state, [...from]))}
        returning id
      ), followed as (
        update notifications
        set status = ${becomes}, batch_id = ${becomes === 'pending' ? sql`null` : sql`batch_id`},
          attempts = attempts + ${attempted ? 1 : 0}, sent_at = ${at(sentAt)}::timestamptz, updated_at = ${at(now)}
        from ended where notifications.batch_id = ended.id
      )
      select id from ended`);
    return (answer as { rows: unknown[] }).rows.length > 0;
  };
  return {
    get: (id) => one(eq(notificationBatches.id, id)),
    byProviderMessageId: (id) => one(eq(notificationBatches.providerMessageId, id)),
    ofUser: (userId) =>
      queries
        .select()
        .from(notificationBatches)
        .where(eq(notificationBatches.userId, userId))
        .orderBy(sql`${notificationBatches.createdAt} desc`, asc(notificationBatches.id)),
    async markSending(id, { recipient, body }, leaseUntil, now) {
      const begun = await queries
        .update(notificationBatches)
        .set({ state: 'sending', recipient, body, leaseUntil, updatedAt: now })
        .where(and(eq(notificationBatches.id, id), eq(notificationBatches.state, 'claimed')))
        .returning({ id: notificationBatches.id });
      return begun.length > 0;
    },
    markSent: (id, providerMessageId, now) =>
      end(id, { from: ['sending'], to: 'sent', becomes: 'sent', attempted: true, providerMessageId, now }),
    markFailed: (id, failure, { final, now }) =>
      end(id, {
        from: ['claimed', 'sending'],
        to: 'failed',
        becomes: final ? 'failed' : 'pending',
        attempted: true,
        failure,
        now,
      }),
    release: (id, now) =>
      end(id, { from: ['claimed'], to: 'released', becomes: 'pending', attempted: false, now }),
    abandoned: (now, limit) =>
      queries
        .select()
        .from(notificationBatches)
        .where(
          and(
            inArray(notificationBatches.state, ['claimed', 'sending']),
            lte(notificationBatches.leaseUntil, now),
          ),
        )
        .orderBy(asc(notificationBatches.leaseUntil), asc(notificationBatches.id))
        .limit(limit),
  };
}
