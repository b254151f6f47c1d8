import type { SmsStatus } from '../sms-sender.js';

const STATUSES: Readonly<Record<string, SmsStatus>> = {
  accepted: 'queued',
  scheduled: 'queued',
  queued: 'queued',
  sending: 'sending',
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'canceled',
};

/** Twilio's word for where a message is. */
export const readSmsStatus = (word: unknown): SmsStatus =>
  typeof word === 'string' && Object.hasOwn(STATUSES, word) ? (STATUSES[word] as SmsStatus) : 'unknown';
