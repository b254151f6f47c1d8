export { DomainError } from './domain-error.js';
export { UnknownAccountError } from './unknown-account-error.js';

export { createContactSync } from './contacts/contact-sync.js';
export type {
  ContactSync,
  ContactSyncOptions,
  ContactSyncOutcome,
  ContactSyncParts,
} from './contacts/contact-sync.js';
export type { ContactSyncReport } from './contacts/contact-sync-report.js';
export type { RejectedEntry } from './contacts/apply-listing.js';
export type { ContactCounts } from './contacts/contact-book.js';
export { CONTACTS_RESOURCE } from './contacts/read-listing.js';
export { SyncOvertakenError } from './syncing/sync-overtaken-error.js';
export { groupPeople, type GroupingLimits } from './contacts/group-people.js';
export { mergePeople } from './contacts/merge-people.js';
export { planContacts, type ContactPlan, type PlannedContact } from './contacts/plan-contacts.js';
export type { KnownContact } from './contacts/assign-contacts.js';
export type { SourcePerson } from './contacts/source-person.js';

export {
  healthOf,
  type AccountHealth,
  type HealthOptions,
  type HealthState,
} from './tokens/account-health.js';
export { createConnectFlow } from './tokens/connect-flow.js';
export type { ConnectedAccount, ConnectFlow, ConnectFlowParts } from './tokens/connect-flow.js';
export { ConnectError, type ConnectProblem } from './tokens/connect-error.js';
export { ReconnectNeededError, TokenUnavailableError } from './tokens/token-errors.js';
export { createTokenService } from './tokens/token-service.js';
export type { RefreshReport, TokenService, TokenServiceParts } from './tokens/token-service.js';

export { createCalendarSync } from './calendar/calendar-sync.js';
export type {
  CalendarSync,
  CalendarSyncOptions,
  CalendarSyncOutcome,
  CalendarSyncParts,
} from './calendar/calendar-sync.js';
export type { CalendarSyncReport, EventsReport, FailedCalendar } from './calendar/calendar-sync-report.js';
export {
  expandEvents,
  type ExpandedEvents,
  type ExpandOptions,
  type Occurrence,
} from './calendar/expand-events.js';
export { expandSeries, type SeriesStart } from './calendar/expand-series.js';
export { RecurrenceError, type Moment, type RecurrenceProblem } from './calendar/recurrence-lines.js';
export { createAgenda } from './free-slots/agenda.js';
export { DEFAULT_CALL_HOURS, type CallHours } from './free-slots/call-hours.js';
export { busyTimes, freeSlots, takesTime, type FreeSlotOptions } from './free-slots/free-slots.js';
export type { Span } from './free-slots/spans.js';

export { createAdaptiveSync } from './intervals/adaptive-sync.js';
export type { AdaptedResource, AdaptiveSync, AdaptiveSyncOptions } from './intervals/adaptive-sync.js';
export {
  decideSyncInterval,
  DEFAULT_SYNC_INTERVAL_LIMITS,
  type IntervalReason,
  type SyncHistory,
  type SyncIntervalDecision,
  type SyncIntervalLimits,
} from './intervals/sync-interval.js';

export { createBatchedNotifications } from './notifications/batched-notifications.js';
export type {
  BatchedNotifications,
  BatchedNotificationsOptions,
  BatchOutcome,
  SettledBatches,
} from './notifications/batched-notifications.js';
export { type NotificationContent } from './notifications/notification-content.js';
export { afterQuietHours, DEFAULT_QUIET_HOURS, type QuietHours } from './notifications/quiet-hours.js';
export { createSuggestionReminders } from './notifications/suggestion-reminders.js';
export type {
  RemindersReport,
  SuggestionReminders,
  SuggestionRemindersOptions,
} from './notifications/suggestion-reminders.js';

export type { ExpiryReason } from './suggestions/plan-suggestions.js';
export {
  rank,
  score,
  SUGGESTION_THRESHOLD,
  type Candidate,
  type Scored,
  type ScoreReason,
} from './suggestions/score.js';
export { createSuggestions } from './suggestions/suggestions.js';
export type {
  Agenda,
  Suggestions,
  SuggestionsOptions,
  SuggestionsReport,
} from './suggestions/suggestions.js';

export { judgeChannel, DEFAULT_CHANNEL_HEALTH_LIMITS } from './channels/channel-health.js';
export type { ChannelHealth, ChannelHealthLimits, ChannelHealthReason } from './channels/channel-health.js';
export type { ChannelParts } from './channels/channel-parts.js';
export {
  ChannelOptionError,
  createChannelService,
  type ChannelService,
  type RenewalOutcome,
  type StopOutcome,
} from './channels/channel-service.js';
export type { SilentChannel } from './channels/check-channels.js';
export type { IgnoredPush, ReceivedPush } from './channels/receive-push.js';
export type { ChannelFailure, RenewalReport } from './channels/renew-channels.js';
