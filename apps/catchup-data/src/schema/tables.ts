import { accounts } from './accounts.js';
import { calendars } from './calendars.js';
import { contactEmails, contactPhones, contacts, contactSources } from './contacts.js';
import { events } from './events.js';
import { notificationBatches, notifications } from './notifications.js';
import { oauthStates } from './oauth-states.js';
import { oauthTokens } from './oauth-tokens.js';
import { pushChannels } from './push-channels.js';
import { suggestions } from './suggestions.js';
import { syncLeases } from './sync-leases.js';
import { syncState } from './sync-state.js';
import { users } from './users.js';

/** All tables; each one after those it refers to. */
export const TABLES = {
  users,
  accounts,
  oauthTokens,
  oauthStates,
  contacts,
  contactSources,
  contactEmails,
  contactPhones,
  calendars,
  events,
  suggestions,
  notificationBatches,
  notifications,
  syncState,
  syncLeases,
  pushChannels,
} as const;
