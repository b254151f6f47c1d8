import { adaptiveSyncHandlers } from './adaptive-sync/processor.js';
import { adaptiveSync } from './adaptive-sync/queue.js';
import { appQueue, type AppQueue } from './app-queue.js';
import { batchNotificationsHandlers } from './batch-notifications/processor.js';
import { batchNotifications } from './batch-notifications/queue.js';
import { calendarSyncHandlers } from './calendar-sync/processor.js';
import { calendarSync } from './calendar-sync/queue.js';
import { googleContactsSyncHandlers } from './google-contacts-sync/processor.js';
import { googleContactsSync } from './google-contacts-sync/queue.js';
import { notificationReminderHandlers } from './notification-reminder/processor.js';
import { notificationReminder } from './notification-reminder/queue.js';
import { suggestionGenerationHandlers } from './suggestion-generation/processor.js';
import { suggestionGeneration } from './suggestion-generation/queue.js';
import { suggestionRegenerationHandlers } from './suggestion-regeneration/processor.js';
import { suggestionRegeneration } from './suggestion-regeneration/queue.js';
import { tokenHealthReminderHandlers } from './token-health-reminder/processor.js';
import { tokenHealthReminder } from './token-health-reminder/queue.js';
import { tokenRefreshHandlers } from './token-refresh/processor.js';
import { tokenRefresh } from './token-refresh/queue.js';
import { webhookHealthCheckHandlers } from './webhook-health-check/processor.js';
import { webhookHealthCheck } from './webhook-health-check/queue.js';
import { webhookRenewalHandlers } from './webhook-renewal/processor.js';
import { webhookRenewal } from './webhook-renewal/queue.js';

/** All queues in the order in which they migrate, the safest first. */
export const appQueues: readonly AppQueue[] = [
  appQueue(webhookHealthCheck, webhookHealthCheckHandlers),
  appQueue(notificationReminder, notificationReminderHandlers),
  appQueue(tokenHealthReminder, tokenHealthReminderHandlers),
  appQueue(adaptiveSync, adaptiveSyncHandlers),
  appQueue(webhookRenewal, webhookRenewalHandlers),
  appQueue(suggestionRegeneration, suggestionRegenerationHandlers),
  appQueue(batchNotifications, batchNotificationsHandlers),
  appQueue(suggestionGeneration, suggestionGenerationHandlers),
  appQueue(tokenRefresh, tokenRefreshHandlers),
  appQueue(calendarSync, calendarSyncHandlers),
  appQueue(googleContactsSync, googleContactsSyncHandlers),
];
