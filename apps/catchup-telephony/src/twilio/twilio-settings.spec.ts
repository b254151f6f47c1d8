import { inspect } from 'node:util';
import { readTwilioSettings, TwilioSettingsError } from './twilio-settings.js';

const good = {
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: `${'a'.repeat(32)}\n`,
  TWILIO_FROM: ' +14155552671 ',
};
const problems = (env: Record<string, string | undefined>): readonly string[] => {
  try {
    readTwilioSettings(env);
  } catch (error) {
    if (error instanceof TwilioSettingsError) return error.problems;
  }
  return [];
};

test('lists all that is missing', () => {
  expect(problems({})).toEqual([
    'TWILIO_ACCOUNT_SID is missing',
    'TWILIO_AUTH_TOKEN is missing',
    'either TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID must be set, and not both',
  ]);
});

test('shows what is malformed, but for the secret', () => {
  expect(
    problems({
      TWILIO_ACCOUNT_SID: 'SK1',
      TWILIO_AUTH_TOKEN: 'hunter2',
      TWILIO_FROM: '0151',
      TWILIO_API_URL: 'http://api.example',
      TWILIO_STATUS_CALLBACK_URL: 'ftp',
    }),
  ).toEqual([
    'TWILIO_ACCOUNT_SID must be "AC" and 32 hexadecimal digits, not "SK1"',
    'TWILIO_AUTH_TOKEN must be 32 hexadecimal digits',
    'TWILIO_FROM must be a number such as +14155552671, not "0151"',
    'TWILIO_API_URL must begin with https:// (http:// on this machine only): "http://api.example"',
    'TWILIO_STATUS_CALLBACK_URL is no URL: "ftp"',
  ]);
});

test('a number or a service, not both', () => {
  const service = { TWILIO_MESSAGING_SERVICE_SID: `MG${'1'.repeat(32)}` };
  expect(problems({ ...good, ...service })).toHaveLength(1);
  expect(readTwilioSettings({ ...good, TWILIO_FROM: '', ...service }).from).toEqual({
    messagingServiceSid: service.TWILIO_MESSAGING_SERVICE_SID,
  });
});

test('trims, and does not show the token where settings are printed', () => {
  const settings = readTwilioSettings({ ...good, TWILIO_API_URL: 'http://127.0.0.1:1/' });
  expect(settings).toMatchObject({ from: { number: '+14155552671' }, apiUrl: 'http://127.0.0.1:1' });
  expect(settings.authToken).toBe('a'.repeat(32));
  expect(inspect(settings) + JSON.stringify(settings)).not.toContain('aaaa');
});
