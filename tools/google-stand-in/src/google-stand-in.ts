import type { CalendarListMutations } from './data/calendar-list-mutations.js';
import type { ContactMutations } from './data/contact-mutations.js';
import type { EventMutations } from './data/event-mutations.js';
import type { FaultRule } from './faults/fault-rule.js';
import type { OAuthClient } from './oauth/clients.js';
import type { Consent } from './oauth/consents.js';
import type { Channel, PushRecord } from './push/channel.js';
import type { RequestRecord } from './serve/request-log.js';

/** Tokens as the app would hold them after the code flow. */
export interface GrantedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: Date;
  readonly scopes: readonly string[];
}

export interface GoogleStandIn extends ContactMutations, EventMutations, CalendarListMutations {
  /** Without a trailing slash. Serves what Google spreads over several hosts. */
  readonly url: string;
  readonly client: OAuthClient;
  readonly users: readonly { readonly id: string; readonly email: string; readonly name: string }[];
  /** Every request so far, in order. */
  readonly requests: readonly RequestRecord[];
  addRedirectUri(redirectUri: string, clientId?: string): void;
  /** What the user answers from now on when an app asks for consent. `user` is an email or id here and below. */
  setConsent(user: string, consent: Consent): void;
  /** Consents without the detour over a browser. */
  grant(user: string, scopes?: readonly string[], clientId?: string): GrantedTokens;
  /** As if the user removed the app from the account: all tokens die. */
  revoke(user: string): void;
  /** The user's access tokens are no longer taken; refresh tokens are. */
  killAccessTokens(user: string): void;
  /** Takes the place of all faults before. */
  setFaults(rules: readonly FaultRule[]): void;
  addFault(rule: FaultRule): void;
  faultHits(): readonly { readonly rule: FaultRule; readonly hits: number }[];
  /** Sync tokens issued so far are dead: of all users or one, of all lists or one. */
  expireSyncTokens(of?: TokensOf): void;
  expirePageTokens(of?: TokensOf): void;
  /** Push channels that have neither expired nor been stopped. */
  channels(): readonly Channel[];
  /** Every message that was to be pushed so far, in order. */
  readonly pushes: readonly PushRecord[];
  /** Nothing goes over this channel any more, though it looks alive. */
  silenceChannel(channelId: string): void;
  /** Resolves when no push is on its way, further attempts included. */
  pushesSettled(): Promise<void>;
  /** Stops listening and closes every socket. */
  stop(): Promise<void>;
}

export interface TokensOf {
  readonly user?: string;
  readonly list?: 'people' | 'events' | 'calendarList';
  /** With `list: 'events'`. */
  readonly calendarId?: string;
}
