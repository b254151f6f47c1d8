import { randomBytes } from 'node:crypto';
import {
  createAdaptiveSync,
  createAgenda,
  createBatchedNotifications,
  createCalendarSync,
  createChannelService,
  createConnectFlow,
  createContactSync,
  createSuggestionReminders,
  createSuggestions,
  createTokenService,
} from '@switchyard/catchup-domain';
import { createGoogle, type TokenSource } from '@switchyard/catchup-google';
import { createPooledSms, createPoolManager, createTwilioSms } from '@switchyard/catchup-telephony';
import { startGoogleStandIn } from '@switchyard/google-stand-in';
import { startTwilioStandIn } from '@switchyard/twilio-stand-in';
import { GOOGLE_USERS } from './cast.js';
import { createClock, createIds, START } from './clock.js';
import { createClosing, type Closing } from './closing.js';
import type { WorldArguments } from './read-arguments.js';
import { startDatabase } from './start-database.js';
import { startWebhookReceiver } from './webhook-receiver.js';

export type World = Awaited<ReturnType<typeof assemble>>;

/** Everything of the world, wired as the app would be; `stop` ends all of it. */
export async function startWorld(
  args: WorldArguments,
  onProgress: (text: string) => void,
): Promise<World & { stop(): Promise<void> }> {
  const closing = createClosing();
  try {
    return { ...(await assemble(args, closing, onProgress)), stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function assemble(args: WorldArguments, closing: Closing, onProgress: (text: string) => void) {
  const { seed } = args;
  const clock = createClock(START);
  const { now } = clock;
  const newId = createIds(seed);
  const random = () => 0.5;
  // What waits between two tries waits on the world's clock.
  const sleep = async (ms: number) => clock.pass(ms);

  const database = await startDatabase(args, onProgress);
  closing.add(() => database.stop());
  const { data } = database;
  const receiver = await startWebhookReceiver();
  closing.add(() => receiver.stop());
  const googleStandIn = await startGoogleStandIn({ seed, now, users: GOOGLE_USERS });
  closing.add(() => googleStandIn.stop());
  googleStandIn.addRedirectUri(receiver.redirectUrl);
  const twilioStandIn = await startTwilioStandIn({ seed, now });
  closing.add(() => twilioStandIn.stop());

  const { clientId, clientSecret } = googleStandIn.client;
  const tokenSource: TokenSource = { accessToken: (...asked) => tokens.accessToken(...asked) };
  const google = createGoogle({
    settings: { clientId, clientSecret, redirectUrl: receiver.redirectUrl, apiUrl: googleStandIn.url },
    tokens: tokenSource,
    now,
    random,
    sleep,
  });
  closing.add(() => google.close());
  const tokens = createTokenService({ data, google, now, random, newId });

  const sms = createPooledSms(() =>
    createTwilioSms({
      settings: {
        accountSid: twilioStandIn.accountSid,
        authToken: twilioStandIn.authToken,
        from: { number: twilioStandIn.numbers[0] ?? '' },
        apiUrl: twilioStandIn.url,
      },
      random,
      sleep,
    }),
  );
  const pools = createPoolManager({ sms: sms.pool });
  closing.add(async () => void (await pools.drain()));

  const flow = createConnectFlow({ data, google, redirectUrl: receiver.redirectUrl, now, newId });
  const channels = createChannelService({
    data,
    google,
    now,
    newId,
    newToken: () => randomBytes(24).toString('base64url'),
    webhookUrl: receiver.pushUrl,
  });
  receiver.handle({
    signedIn: async (parameters, userId) => (await flow.callback(parameters, userId)).returnTo ?? '/',
    pushed: (message) => channels.receive(message),
  });

  return {
    args,
    clock,
    newId,
    data,
    databaseDescription: database.description,
    receiver,
    googleStandIn,
    twilioStandIn,
    tokens,
    flow,
    channels,
    pools,
    contactSync: createContactSync({ data, google, now, newId }),
    calendarSync: createCalendarSync({ data, google, now, newId }),
    adaptiveSync: createAdaptiveSync({ data, now }),
    suggestions: createSuggestions({ data, agenda: createAgenda({ data }), now, newId }),
    reminders: createSuggestionReminders({ data, now, newId }),
    batches: createBatchedNotifications({ data, sms, now, newId }),
  };
}
