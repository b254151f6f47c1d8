import type { Twilio } from 'twilio';
import { SmsLookupError, type SmsError } from '../sms-errors.js';
import type { FoundSms, SmsQuery } from '../sms-sender.js';
import { readSmsStatus } from './read-sms-status.js';

type FirstPage = Awaited<ReturnType<Twilio['messages']['page']>>;
type Page = NonNullable<Awaited<ReturnType<FirstPage['nextPage']>>>;

const PAGE_SIZE = 100;
const MAX_PAGES = 20;
/** What Twilio puts before the texts of an account that is on trial. */
const TRIAL_PREFIX = 'Sent from your Twilio trial account - ';

/**
 * Looks through what was sent to a number, the newest first. Twilio can filter by DateSent, but a message that waits to
 * be sent has none, and it is just such a one that must not be missed: the date of creation is compared here instead.
 *
 * @param since what was created before is not looked for
 * @param ask for the first page, or for the one after a page; undefined where there is none
 * @throws SmsLookupError when so much was sent since that not all of it could be looked through
 */
export async function findMessages(
  { to, body }: Pick<SmsQuery, 'to' | 'body'>,
  since: Date,
  ask: (query: { to: string; pageSize: number }, after?: Page) => Promise<Page | undefined>,
): Promise<readonly FoundSms[]> {
  const found: FoundSms[] = [];
  let page: Page | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    page = await ask({ to, pageSize: PAGE_SIZE }, page);
    const recent = (page?.instances ?? []).filter(({ dateCreated }) => dateCreated >= since);
    for (const { sid, status, numSegments, direction, body: text, dateCreated } of recent) {
      if (direction === 'inbound' || !(body === undefined || isText(text, body))) continue;
      found.push({
        providerMessageId: sid,
        status: readSmsStatus(status),
        segments: Number(numSegments) || 1,
        createdAt: dateCreated,
      });
    }
    if (recent.length === 0 || page?.nextPageUrl === undefined) return found;
  }
  throw tooMany();
}

const isText = (text: string, wanted: string): boolean =>
  [wanted, TRIAL_PREFIX + wanted].some((one) => one.trim() === (text ?? '').trim());

const tooMany = (): SmsError =>
  new SmsLookupError(`more than ${MAX_PAGES * PAGE_SIZE} messages to look through`, false);
