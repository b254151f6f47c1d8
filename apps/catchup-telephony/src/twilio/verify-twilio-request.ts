import twilio from 'twilio';

export interface TwilioRequest {
  /** As Twilio called it, with its query: behind a proxy that is not what the server sees. */
  readonly url: string;
  /** Names in lower case, as Node has them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it came: a form for webhooks of messages, or JSON where the URL has `bodySHA256`. */
  readonly body: string;
}

/**
 * Whether a webhook is from Twilio: its signature is the HMAC-SHA1, under the account's token, of the URL and the
 * form. See https://www.twilio.com/docs/usage/security#validating-requests. Nothing of a request may be believed before.
 *
 * It says nothing about when: an old request that is repeated has a good signature, too. Who acts on one remembers its
 * message id.
 *
 * @throws TypeError where the token is empty
 */
export function verifyTwilioRequest({ url, headers, body }: TwilioRequest, authToken: string): boolean {
  // Anybody can sign with an empty key.
  if (authToken === '') throw new TypeError('the auth token is empty');
  const signature = Object.hasOwn(headers, 'x-twilio-signature') ? headers['x-twilio-signature'] : undefined;
  if (typeof signature !== 'string' || signature === '' || !URL.canParse(url)) return false;
  if (new URL(url).searchParams.has('bodySHA256'))
    return twilio.validateRequestWithBody(authToken, signature, url, body);
  return twilio.validateRequest(authToken, signature, url, readForm(body));
}

/** Each name with its value, or its values where it comes several times. Names are plain data, `__proto__` too. */
export function readForm(body: string): Record<string, string | string[]> {
  const form = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of new URLSearchParams(body)) {
    const known = form[name];
    form[name] = known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value];
  }
  return form;
}
