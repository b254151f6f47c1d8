import type { Queries } from '../engine/engine.js';
import { guarded, type Guard } from '../engine/guarded.js';
import type { Sealing } from '../tokens/sealing.js';
import { createAccountStore, type AccountStore } from './accounts.js';
import { createBatchStore, type BatchStore } from './batches.js';
import { createCalendarStore, type CalendarStore } from './calendars.js';
import { createChannelStore, type ChannelStore } from './channels.js';
import { createContactSourceStore, type ContactSourceStore } from './contact-sources.js';
import { createContactStore, type ContactStore } from './contacts.js';
import { createEventStore, type EventStore } from './events.js';
import { createNotificationStore, type NotificationStore } from './notifications.js';
import { createOAuthStateStore, type OAuthStateStore } from './oauth-states.js';
import { createSuggestionStore, type SuggestionStore } from './suggestions.js';
import { createSyncLeaseStore, type SyncLeaseStore } from './sync-leases.js';
import { createSyncStateStore, type SyncStateStore } from './sync-state.js';
import { createTokenStore, type TokenStore } from './tokens.js';
import { createUserStore, type UserStore } from './users.js';

/** Everything that is kept, by who needs it; over a database or over one transaction. */
export interface Stores {
  readonly users: UserStore;
  readonly accounts: AccountStore;
  readonly tokens: TokenStore;
  readonly oauthStates: OAuthStateStore;
  readonly contacts: ContactStore;
  readonly contactSources: ContactSourceStore;
  readonly calendars: CalendarStore;
  readonly events: EventStore;
  readonly suggestions: SuggestionStore;
  readonly notifications: NotificationStore;
  readonly batches: BatchStore;
  readonly syncState: SyncStateStore;
  readonly syncLeases: SyncLeaseStore;
  readonly channels: ChannelStore;
}

export function createStores(queries: Queries, sealing: Sealing, guard: Guard): Stores {
  return Object.freeze({
    users: guarded(createUserStore(queries), guard),
    accounts: guarded(createAccountStore(queries), guard),
    tokens: guarded(createTokenStore(queries, sealing), guard),
    oauthStates: guarded(createOAuthStateStore(queries, sealing), guard),
    contacts: guarded(createContactStore(queries), guard),
    contactSources: guarded(createContactSourceStore(queries), guard),
    calendars: guarded(createCalendarStore(queries), guard),
    events: guarded(createEventStore(queries), guard),
    suggestions: guarded(createSuggestionStore(queries), guard),
    notifications: guarded(createNotificationStore(queries), guard),
    batches: guarded(createBatchStore(queries), guard),
    syncState: guarded(createSyncStateStore(queries), guard),
    syncLeases: guarded(createSyncLeaseStore(queries), guard),
    channels: guarded(createChannelStore(queries), guard),
  });
}
