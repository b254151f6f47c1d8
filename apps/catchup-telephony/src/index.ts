export { laterStatus, type DeliveryStatus } from './delivery-status.js';
export type { InboundSms, SmsKeyword } from './inbound-sms.js';
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
