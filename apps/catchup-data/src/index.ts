export type { Data, TransactionOptions } from './data.js';
export { readDatabaseSettings, type DatabaseSettings } from './database-settings.js';
export { DamagedLockError, FolderInUseError } from './engine/lock-errors.js';
export {
  ConnectionLostError,
  DatabaseUnavailableError,
  DataError,
  InvalidDatabaseSettingsError,
  InvalidDataOptionError,
  MisplacedUseError,
  RefusedStatementError,
  StatementTimeoutError,
  TransactionConflictError,
  UnstorableValueError,
  type UnavailableReason,
} from './errors.js';
export { MigrationError, type MigrationProblem } from './migrations/migration-error.js';
export { openDatabase, type OpenDatabaseOptions } from './open-database.js';
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
export type { SyncLease } from './schema/sync-leases.js';
export { AccountTakenError } from './stores/account-taken-error.js';
export type { AccountStore } from './stores/accounts.js';
export type { BatchStore } from './stores/batches.js';
export type { CalendarStore } from './stores/calendars.js';
export type { ChannelStore, OpenedChannel } from './stores/channels.js';
export type { ContactAddresses } from './stores/contact-addresses.js';
export type { ContactSourceStore } from './stores/contact-sources.js';
export type { ContactPage, ContactStore, PersonalTouch } from './stores/contacts.js';
export type { EventStore } from './stores/events.js';
export type { ClaimedBatch, ClaimOptions, NotificationStore } from './stores/notifications.js';
export type { OAuthStateStore, SignIn } from './stores/oauth-states.js';
export type { Page } from './stores/page.js';
export type { Stores } from './stores/stores.js';
export type { SuggestionChange, SuggestionStore } from './stores/suggestions.js';
export type { SyncLeaseStore } from './stores/sync-leases.js';
export type { SyncStateStore } from './stores/sync-state.js';
export type { NewTokens, RefreshLease, TokenFacts, Tokens, TokenStore } from './stores/tokens.js';
export type { Upserted } from './stores/upsert.js';
export type { UserStore } from './stores/users.js';
export type { RotationOptions, RotationReport } from './tokens/rotate-token-keys.js';
export { InvalidTokenKeyError, UnknownTokenKeyError, UnreadableTokenError } from './tokens/token-errors.js';
export { DEVELOPMENT_TOKEN_KEY, tokenKeysFrom, type TokenKey } from './tokens/token-keys.js';
