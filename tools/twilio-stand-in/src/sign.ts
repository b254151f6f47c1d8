import { createHmac } from 'node:crypto';

/**
 * X-Twilio-Signature: HMAC-SHA1 over the URL and the form's parameters in the order of their names, each name followed
 * by its value, in base64. See https://www.twilio.com/docs/usage/security#validating-requests.
 */
export function signRequest(authToken: string, url: string, form: Readonly<Record<string, string>>): string {
  const data = Object.keys(form)
    .sort()
    .reduce((text, name) => text + name + form[name], url);
  return createHmac('sha1', authToken).update(data, 'utf8').digest('base64');
}
