import { UNNAMED_JOB, type JobHandlers } from '@switchyard/queue-contract';
import type { z } from 'zod';
import { callRemote, type RemoteCaller } from '../../simulated-remote.js';
import type { batchNotifications, pendingNotifications } from './queue.js';

/** Three segments of SMS; what does not fit is counted, not sent. */
export const MAX_MESSAGE_LENGTH = 459;
const URGENCY = ['birthday', 'reminder', 'suggestion'] as const;

type Notification = z.output<typeof pendingNotifications>['notifications'][number];

export interface BatchedMessage {
  /** `null` when nothing is pending. */
  readonly text: string | null;
  readonly sentIds: readonly string[];
  readonly heldBack: number;
}

/** The most urgent kind first, then the oldest; the same text is said once. */
export function composeMessage(notifications: readonly Notification[]): BatchedMessage {
  const ordered = [...notifications].sort(
    (a, b) => URGENCY.indexOf(a.kind) - URGENCY.indexOf(b.kind) || a.createdAtMs - b.createdAtMs,
  );
  const lines: string[] = [];
  const sentIds: string[] = [];
  for (const { notificationId, text } of ordered) {
    if (lines.includes(text)) sentIds.push(notificationId);
    else if ([...lines, text].join('\n').length <= MAX_MESSAGE_LENGTH) {
      lines.push(text);
      sentIds.push(notificationId);
    }
  }
  return {
    text: lines.length === 0 ? null : lines.join('\n'),
    sentIds,
    heldBack: notifications.length - sentIds.length,
  };
}

const flush = async (job: RemoteCaller & { readonly data: z.output<typeof pendingNotifications> }) => {
  const message = composeMessage(job.data.notifications);
  if (message.text !== null) await callRemote(job);
  return message;
};

export const batchNotificationsHandlers: JobHandlers<typeof batchNotifications.jobs> = {
  flush,
  [UNNAMED_JOB]: flush,
};
