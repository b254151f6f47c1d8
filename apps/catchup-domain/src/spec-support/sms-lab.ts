import { createTwilioSms, type TwilioSms } from '@switchyard/catchup-telephony';
import { startTwilioStandIn, type TwilioStandIn } from '@switchyard/twilio-stand-in';

/** Twilio's stand-in, and the app's client of it, which waits for nothing between tries. */
export interface SmsLab {
  readonly twilio: TwilioStandIn;
  readonly sms: TwilioSms;
  stop(): Promise<void>;
}

/** @param now as Twilio sees it: a `Lab` has one */
export async function startSmsLab(now: () => Date): Promise<SmsLab> {
  const twilio = await startTwilioStandIn({ now });
  const [number = ''] = twilio.numbers;
  const sms = createTwilioSms({
    settings: {
      accountSid: twilio.accountSid,
      authToken: twilio.authToken,
      from: { number },
      apiUrl: twilio.url,
    },
    random: () => 0.5,
    sleep: () => Promise.resolve(),
  });
  return {
    twilio,
    sms,
    async stop() {
      sms.close();
      await twilio.stop();
    },
  };
}
