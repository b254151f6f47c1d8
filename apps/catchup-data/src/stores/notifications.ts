import { and, asc, eq, gt, inArray, lte, sql } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import {
  notificationBatches,
  notifications,
  type NewNotification,
  type Notification,
  type NotificationBatch,
  type NotificationStatus,
} from '../schema/notifications.js';
import { anyOf } from './any-of.js';
import { inChunks } from './in-chunks.js';
import type { Page } from './page.js';

export interface ClaimOptions {
  /** Of the batch that is opened. */
  readonly batchId: string;
  readonly now: Date;
  /** How long whoever claims may take until the message goes out. */
  readonly leaseMs: number;
  /** How many go into one message. */
  readonly limit: number;
}

export interface ClaimedBatch {
  readonly batch: NotificationBatch;
  /** The earliest due first. */
  readonly notifications: readonly Notification[];
}

export interface NotificationStore {
  /**
   * Of those with the same key one is enough; one that was cancelled before it went out is pending again, as given.
   *
   * @returns those that are pending now and were not before
   */
  add(notifications: readonly NewNotification[]): Promise<Notification[]>;
  /** Ids of users with something pending that is due, in their order. */
  usersWithDue(now: Date, page: Page): Promise<string[]>;
  /**
   * Takes what is pending and due for a user into a new batch, in one step.
   *
   * @returns nothing where nothing is due, or while another batch of the user is open
   */
  claim(userId: string, options: ClaimOptions): Promise<ClaimedBatch | undefined>;
  get(id: string): Promise<Notification | undefined>;
  /** The earliest due first. */
  ofUser(userId: string, status?: NotificationStatus): Promise<Notification[]>;
  ofBatch(batchId: string): Promise<Notification[]>;
  /** @returns those that were pending */
  cancel(ids: readonly string[], now: Date): Promise<Notification[]>;
}

export function createNotificationStore(queries: Queries): NotificationStore {
  const ofBatch = (batchId: string) =>
    queries
      .select()
      .from(notifications)
      .where(eq(notifications.batchId, batchId))
      .orderBy(asc(notifications.dueAt), asc(notifications.id));
  return {
    async add(rows) {
      const added: Notification[] = [];
      const distinct = new Map(rows.map((row) => [JSON.stringify([row.userId, row.dedupeKey]), row]));
      for (const chunk of inChunks([...distinct.values()], 13))
        added.push(
          ...(await queries
            .insert(notifications)
            .values([...chunk])
            .onConflictDoUpdate({
              target: [notifications.userId, notifications.dedupeKey],
              set: {
                status: 'pending',
                batchId: null,
                payload: sql`excluded.payload`,
                dueAt: sql`excluded.due_at`,
                updatedAt: sql`excluded.updated_at`,
              },
              setWhere: eq(notifications.status, 'cancelled'),
            })
            .returning()),
        );
      return added;
    },
    async usersWithDue(now, { after, limit }) {
      const rows = await queries
        .selectDistinct({ userId: notifications.userId })
        .from(notifications)
        .where(
          and(
            eq(notifications.status, 'pending'),
            lte(notifications.dueAt, now),
            after === undefined ? undefined : gt(notifications.userId, after),
          ),
        )
        .orderBy(asc(notifications.userId))
        .limit(limit);
      return rows.map(({ userId }) => userId);
    },
    async claim(userId, { batchId, now, leaseMs, limit }) {
      const leaseUntil = new Date(now.getTime() + leaseMs);
      const at = sql.param(now, notifications.updatedAt);
      const owner = sql.param(userId, notifications.userId);
      const answer = await queries.execute(sql`
        with due as (
          select id from notifications
          where user_id = ${owner} and status = 'pending' and due_at <= ${at}
          order by due_at, id limit ${limit} for update
        ), batch as (
          insert into notification_batches (id, user_id, state, lease_until, created_at, updated_at)
          select ${batchId}, ${owner}, 'claimed', ${sql.param(leaseUntil, notifications.updatedAt)}, ${at}, ${at}
          where exists (select from due)
          on conflict (user_id) where state in ('claimed', 'sending') do nothing
          returning id
        )
        update notifications set status = 'claimed', batch_id = batch.id, updated_at = ${at}
        from due, batch where notifications.id = due.id returning notifications.id`);
      if ((answer as { rows: unknown[] }).rows.length === 0) return undefined;
      const [batch] = await queries
        .select()
        .from(notificationBatches)
        .where(eq(notificationBatches.id, batchId));
      return batch && { batch, notifications: await ofBatch(batchId) };
    },
    get: async (id) => (await queries.select().from(notifications).where(eq(notifications.id, id)))[0],
    ofUser: (userId, status) =>
      queries
        .select()
        .from(notifications)
        .where(and(eq(notifications.userId, userId), status && inArray(notifications.status, [status])))
        .orderBy(asc(notifications.dueAt), asc(notifications.id)),
    ofBatch,
    cancel: (ids, now) =>
      queries
        .update(notifications)
        .set({ status: 'cancelled', updatedAt: now })
        .where(and(anyOf(notifications.id, ids), eq(notifications.status, 'pending')))
        .returning(),
  };
}
