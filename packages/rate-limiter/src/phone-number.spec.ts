import { InvalidPhoneNumberError, toE164 } from './index.js';
import { smsPolicy } from './sms-policy.js';

describe('toE164', () => {
  it.each([
    '+49 30 1234567',
    '+49 (30) 1234-567',
    '+49301234567',
    ' +49-30-1234567',
    '0049 30 1234567',
    '030 1234567',
  ])('gives %p one spelling', (text) => {
    expect(toE164(text, 'DE')).toBe('+49301234567');
  });

  it('leaves out an extension: it is the same phone', () => {
    expect(toE164('+1 213 373 4253 ext. 5')).toBe('+12133734253');
  });

  it.each([
    ['', 'NOT_A_NUMBER'],
    ['alice', 'NOT_A_NUMBER'],
    ['030 1234567', 'INVALID_COUNTRY'],
    ['+999 123456', 'INVALID_COUNTRY'],
    ['+49 1', 'TOO_SHORT'],
    [`+49 30 ${'1'.repeat(20)}`, 'TOO_LONG'],
    ['call +49 30 1234567 now', 'NOT_A_NUMBER'],
    ['+49 30 1234567\n+49 30 1234568', 'NOT_A_NUMBER'],
    ['1'.repeat(100_000), 'TOO_LONG'],
  ])('refuses %.40p', (text, problem) => {
    expect(() => toE164(text)).toThrow(
      expect.objectContaining({ code: 'ERR_RATE_LIMIT_PHONE_NUMBER', problem }),
    );
  });

  it('shows the last two digits of what it refuses, and no more', () => {
    const refusal = new InvalidPhoneNumberError('…67', 'INVALID_COUNTRY');
    expect(() => toE164('030 1234567')).toThrow(refusal);
    expect(refusal.message).toBe('"…67" is no phone number: INVALID_COUNTRY');
    expect(Object.values(refusal)).toEqual(expect.not.arrayContaining([expect.stringContaining('567')]));
  });
});

describe('smsPolicy', () => {
  it('is 20 in a rolling hour', () => {
    expect(smsPolicy()).toMatchObject({ algorithm: 'sliding-window', limit: 20, windowSeconds: 3600 });
  });

  it.each([
    [{ limt: 5 }, 'limt'],
    [null, null],
  ])('refuses %j', (options, value) => {
    expect(() => smsPolicy(options as never)).toThrow(
      expect.objectContaining({ option: 'smsPolicy', value }),
    );
  });

  it('refuses a country that there is not', () => {
    expect(() => smsPolicy({ defaultCountry: 'XX' as never })).toThrow(
      expect.objectContaining({ option: 'defaultCountry', value: 'XX' }),
    );
  });
});
