export { DEFAULT_BUDGET, type CallBudget } from './backoff.js';
export { type CalendarClient, type GrantedChannel, type ListOptions, type WatchRequest } from './calendar.js';
export { GOOGLE_CALL_CHANNEL, type GoogleCallEvent, type TokenSource } from './call.js';
export {
  AuthorizationError,
  GoogleCallError,
  GoogleError,
  GoogleForbiddenError,
  GoogleNotFoundError,
  GoogleRefusedError,
  GoogleSettingsError,
  GoogleUnauthorizedError,
  GoogleUnavailableError,
  GrantRefusedError,
  MalformedAnswerError,
  OAuthClientError,
  PageTokenInvalidError,
  PushMessageError,
  PushNotSupportedError,
  SyncTokenExpiredError,
  type CallFacts,
} from './errors.js';
export { createGoogle, DEFAULT_SCOPES, SPEECH_SCOPE, type Google, type GoogleOptions } from './google.js';
export { type ListPage } from './list-pages.js';
export {
  type GoogleOAuth,
  type GoogleProfile,
  type OAuthTokens,
  type StartedAuthorization,
} from './oauth.js';
export { type PeopleClient, type PeoplePage } from './people.js';
export { readPushMessage, type PushMessage } from './push-message.js';
export { readGoogleSettings, type GoogleSettings } from './settings.js';
export { type GoogleSpeech, type SpeechAudio, type Transcript } from './speech.js';

/** The shapes of what goes over the wire. */
export type { calendar_v3 } from '@googleapis/calendar';
export type { people_v1 } from '@googleapis/people';
