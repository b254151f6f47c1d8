export { DataError, UnstorableValueError } from './errors.js';
export { ACCOUNT_STATUSES, type Account, type AccountStatus, type NewAccount } from './schema/accounts.js';
export type { Calendar, NewCalendar } from './schema/calendars.js';
export type {
  Contact,
  ContactEmail,
  ContactFields,
  ContactPhone,
  ContactSource,
  LabelledAddress,
  NewContact,
  NewContactSource,
} from './schema/contacts.js';
export {
  EVENT_STATUSES,
  EVENT_TRANSPARENCIES,
  type CalendarEvent,
  type EventAttendee,
  type EventStatus,
  type EventTransparency,
  type NewCalendarEvent,
} from './schema/events.js';
export {
  BATCH_STATES,
  NOTIFICATION_STATUSES,
  type BatchState,
  type NewNotification,
  type Notification,
  type NotificationBatch,
  type NotificationStatus,
} from './schema/notifications.js';
export {
  CHANNEL_STATUSES,
  type ChannelStatus,
  type NewPushChannel,
  type PushChannel,
} from './schema/push-channels.js';
export {
  SUGGESTION_STATUSES,
  type NewSuggestion,
  type Suggestion,
  type SuggestionReason,
  type SuggestionStatus,
} from './schema/suggestions.js';
export type { NewSyncState, SyncRun, SyncState } from './schema/sync-state.js';
export { USER_TIERS, type NewUser, type User, type UserPreferences, type UserTier } from './schema/users.js';
