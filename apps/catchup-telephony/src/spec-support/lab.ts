import { startTwilioStandIn, type TwilioStandIn } from '@switchyard/twilio-stand-in';
import { createTwilioSms, type TwilioSms, type TwilioSmsOptions } from '../twilio/twilio-sms.js';

export interface SmsLab {
  readonly standIn: TwilioStandIn;
  readonly sms: TwilioSms;
  /** Waits that the client took, in milliseconds; none of them lasts. */
  readonly waits: number[];
  stop(): Promise<void>;
}

export const TO = '+4915112345678';

export async function startSmsLab(options: Partial<TwilioSmsOptions> = {}): Promise<SmsLab> {
  const standIn = await startTwilioStandIn();
  const waits: number[] = [];
  const sms = createTwilioSms({
    settings: {
      accountSid: standIn.accountSid,
      authToken: standIn.authToken,
      from: { number: standIn.numbers[0] as string },
      apiUrl: standIn.url,
    },
    random: () => 0.5,
    sleep: async (ms) => void waits.push(ms),
    ...options,
  });
  return {
    standIn,
    sms,
    waits,
    async stop() {
      sms.close();
      await standIn.stop();
    },
  };
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  const reason: unknown = await promise.then(
    () => new Error('it did not reject'),
    (error: unknown) => error,
  );
  return reason as Error;
}
