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
export { SyncOvertakenError } from './contacts/sync-overtaken-error.js';
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
