import { signRequest } from './sign.js';

export interface PostedWebhook {
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
  /** 0 where no answer came. */
  readonly status: number;
  readonly body: string;
}

/** Posts a form to the app, signed; one attempt. */
export async function postWebhook(
  authToken: string,
  url: string,
  form: Readonly<Record<string, string>>,
  timeoutMs: number,
  stopped: AbortSignal,
): Promise<PostedWebhook> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'user-agent': 'TwilioProxy/1.1',
        'x-twilio-signature': signRequest(authToken, url, form),
      },
      body: new URLSearchParams(form),
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), stopped]),
    });
    return { url, form, status: answer.status, body: await answer.text() };
  } catch {
    return { url, form, status: 0, body: '' };
  }
}
