export { countSegments, type Segments } from './count-segments.js';
export { laterStatus, type DeliveryStatus } from './delivery-status.js';
export type { InboundSms, SmsKeyword } from './inbound-sms.js';
export { maskNumber } from './mask-number.js';
export {
  createConnectionPool,
  type BorrowOptions,
  type ConnectionPool,
  type DrainReport,
  type PoolStats,
  type UseOptions,
} from './pools/connection-pool.js';
export {
  NotBorrowedError,
  PoolDrainingError,
  PoolError,
  PoolExhaustedError,
  PoolOptionError,
  PoolResourceError,
  PoolTimeoutError,
} from './pools/pool-errors.js';
export type { PoolHealth } from './pools/pool-health.js';
export { createPoolManager, type AllPoolStats, type PoolManager } from './pools/pool-manager.js';
export type { PoolOptions } from './pools/pool-options.js';
export { createPooledSms, type SmsClient } from './pooled-sms.js';
export { createPooledSpeech, type SpeechClient } from './pooled-speech.js';
export {
  InvalidNumberError,
  RecipientBlockedError,
  SmsError,
  SmsLookupError,
  SmsNotSentError,
  SmsOutcomeUnknownError,
  SmsPermanentError,
  SmsRateLimitedError,
  SmsTemporaryError,
  type ProviderAnswer,
} from './sms-errors.js';
export type {
  FoundSms,
  SentSms,
  SmsCallOptions,
  SmsMessage,
  SmsQuery,
  SmsSender,
  SmsStatus,
} from './sms-sender.js';
export type { SpeechAudio, SpeechToText, TranscribeOptions, Transcript } from './speech-to-text.js';
export { MalformedWebhookError, readDeliveryStatus, readInboundSms } from './twilio/read-webhook.js';
export { readTwilioSettings, TwilioSettingsError, type TwilioSettings } from './twilio/twilio-settings.js';
export { createTwilioSms, type TwilioSms, type TwilioSmsOptions } from './twilio/twilio-sms.js';
export { verifyTwilioRequest, type TwilioRequest } from './twilio/verify-twilio-request.js';
