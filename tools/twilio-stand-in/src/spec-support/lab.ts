import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';
import { startTwilioStandIn, type TwilioStandIn, type TwilioStandInOptions } from '../stand-in.js';

export const TO = '+14155552671';

export interface Lab {
  readonly standIn: TwilioStandIn;
  /** Twilio's own library, led to the stand-in. */
  readonly client: ReturnType<typeof twilio>;
  readonly from: string;
  stop(): Promise<void>;
}

export async function startLab(options: TwilioStandInOptions = {}): Promise<Lab> {
  const standIn = await startTwilioStandIn(options);
  return {
    standIn,
    client: clientOf(standIn, standIn.authToken),
    from: standIn.numbers[0] as string,
    stop: () => standIn.stop(),
  };
}

export function clientOf(standIn: TwilioStandIn, authToken: string): ReturnType<typeof twilio> {
  const httpClient = new twilio.RequestClient();
  httpClient.axios.interceptors.request.use((config) =>
    Object.assign(config, { url: config.url?.replace('https://api.twilio.com', standIn.url) }),
  );
  return twilio(standIn.accountSid, authToken, { httpClient });
}

export interface Webhook {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: Readonly<Record<string, string>>;
}

/** An app that is called by webhooks. */
export async function startApp() {
  const calls: Webhook[] = [];
  let url = '';
  const server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8');
    req.on('data', (chunk: string) => (body += chunk));
    req.on('end', () => {
      calls.push({
        url: `${url}${req.url}`,
        headers: req.headers,
        form: Object.fromEntries(new URLSearchParams(body)),
      });
      if (!req.url?.startsWith('/silent')) res.end('<Response/>');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    calls,
    called: () => once(server, 'request'),
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
