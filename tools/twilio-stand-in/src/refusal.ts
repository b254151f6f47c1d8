/** An error in the shape of Twilio's REST API. See https://www.twilio.com/docs/api/errors. */
export interface Refusal {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

export const refusalBody = ({ status, code, message }: Refusal) => ({
  code,
  message,
  more_info: `https://www.twilio.com/docs/errors/${code}`,
  status,
});

const refusal = (status: number, code: number, message: string): Refusal => ({ status, code, message });

export const UNAUTHENTICATED = refusal(401, 20003, 'Authenticate');
export const NOT_FOUND = (uri: string) => refusal(404, 20404, `The requested resource ${uri} was not found`);
export const TOO_MANY = refusal(429, 20429, 'Too Many Requests');
export const INTERNAL = refusal(500, 20500, 'An internal server error has occurred');
export const UNAVAILABLE = refusal(503, 20503, 'Service Unavailable');
export const NO_TO = refusal(400, 21604, "A 'To' phone number is required.");
export const NO_BODY = refusal(400, 21602, 'Message body is required.');
export const NO_FROM = refusal(400, 21603, "A 'From' phone number is required.");
export const BODY_TOO_LONG = refusal(
  400,
  21617,
  'The concatenated message body exceeds the 1600 character limit',
);
export const INVALID_TO = (to: string) =>
  refusal(400, 21211, `Invalid 'To' Phone Number: ${to.slice(0, 4)}XXXX`);
export const FROM_NOT_OWNED = (from: string) =>
  refusal(
    400,
    21606,
    `The 'From' phone number provided (${from}) is not a valid message-capable phone number.`,
  );
export const OPTED_OUT = refusal(400, 21610, 'Attempt to send to unsubscribed recipient');
