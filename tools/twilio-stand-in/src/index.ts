export { InvalidStandInOptionError } from './errors.js';
export { FAULT_KINDS, type Fault, type FaultKind } from './faults.js';
export { type Message, type MessageStatus } from './message.js';
export { type PostedWebhook } from './post-webhook.js';
export { signRequest } from './sign.js';
export {
  startTwilioStandIn,
  type InboundText,
  type TwilioStandIn,
  type TwilioStandInOptions,
} from './stand-in.js';
