import { createTwilioSms, type SmsSender } from '@switchyard/catchup-telephony';
import { startTwilioStandIn, type TwilioStandIn } from '@switchyard/twilio-stand-in';

/** Twilio's stand-in and a sender before it, which waits for nothing between tries. */
export interface SmsDesk {
  readonly standIn: TwilioStandIn;
  readonly sms: SmsSender;
  stop(): Promise<void>;
}

export async function startSmsDesk(now: () => Date): Promise<SmsDesk> {
  const standIn = await startTwilioStandIn({ now });
  const sms = createTwilioSms({
    settings: {
      accountSid: standIn.accountSid,
      authToken: standIn.authToken,
      from: { number: standIn.numbers[0] as string },
      apiUrl: standIn.url,
    },
    sleep: () => Promise.resolve(),
  });
  return {
    standIn,
    sms,
    async stop() {
      sms.close();
      await standIn.stop();
    },
  };
}
