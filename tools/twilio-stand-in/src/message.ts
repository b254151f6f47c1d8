/** In the order a message goes through; the last four are ends. */
export const MESSAGE_STATUSES = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'received',
] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** A text message as the stand-in keeps it. */
export interface Message {
  readonly sid: string;
  readonly direction: 'outbound-api' | 'inbound';
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly segments: number;
  readonly status: MessageStatus;
  readonly errorCode: number | null;
  readonly statusCallback: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Null until it was sent. */
  readonly sentAt: Date | null;
}

/** https://en.wikipedia.org/wiki/GSM_03.38, the basic set and its extension. */
const GSM_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const GSM_EXTENDED = '^{}\\[~]|€\f';

/** 160 characters of GSM-7 or 70 of UCS-2 fit into one segment, 153 or 67 into each of several. */
export function segmentsOf(body: string): number {
  const characters = [...body];
  const isGsm = characters.every((one) => GSM_BASIC.includes(one) || GSM_EXTENDED.includes(one));
  const units = isGsm
    ? characters.reduce((sum, one) => sum + (GSM_EXTENDED.includes(one) ? 2 : 1), 0)
    : body.length;
  const [single, each] = isGsm ? [160, 153] : [70, 67];
  return units <= single ? 1 : Math.ceil(units / each);
}

/** A message in the shape of Twilio's REST API. */
export function messageResource(message: Message, accountSid: string) {
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`;
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: rfc2822(message.createdAt),
    date_sent: message.sentAt && rfc2822(message.sentAt),
    date_updated: rfc2822(message.updatedAt),
    direction: message.direction,
    error_code: message.errorCode,
    error_message: null,
    from: message.from,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: String(message.segments),
    price: null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  };
}

const rfc2822 = (at: Date) => at.toUTCString().replace('GMT', '+0000');
