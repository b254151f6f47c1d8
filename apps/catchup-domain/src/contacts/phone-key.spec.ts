import fc from 'fast-check';
import { hostileText } from '../spec-support/people.js';
import { phoneKey, regionOf, regionOfPhone } from './phone-key.js';

describe('the key of a phone number', () => {
  it('is none for what cannot be a number', () => {
    for (const text of [
      '',
      '-',
      'unknown',
      '12',
      '+',
      '+1',
      '+999 123456',
      '9'.repeat(70),
      'call 020 7946 0001',
    ]) {
      expect([text, phoneKey(text, 'GB')]).toEqual([text, undefined]);
    }
  });

  it('is none for a national number of who knows where', () => {
    expect(phoneKey('020 7946 0001')).toBeUndefined();
    expect(phoneKey('+44 20 7946 0001')).toBe('+442079460001');
  });

  it('depends on the region for national numbers alone', () => {
    expect(phoneKey('020 7946 0001', 'GB')).toBe('+442079460001');
    expect(phoneKey('030 901820', 'DE')).toBe('+4930901820');
    expect(phoneKey('+44 20 7946 0001', 'DE')).toBe('+442079460001');
  });

  it('does not heed how the digits are set', () => {
    for (const text of [
      '(020) 7946-0001',
      '020.7946.0001',
      '０２０ ７９４６ ０００１',
      '\u202a020 7946 0001\u202c',
    ]) {
      expect([text, phoneKey(text, 'GB')]).toEqual([text, '+442079460001']);
    }
  });

  it('tells the desks behind one switchboard apart', () => {
    expect(phoneKey('020 7946 0001 ext. 12', 'GB')).toBe('+442079460001;ext=12');
    expect(phoneKey('020 7946 0001 x13', 'GB')).not.toBe(phoneKey('020 7946 0001', 'GB'));
  });

  it('is one for any text or none, and the same from what it says', () => {
    fc.assert(
      fc.property(hostileText, fc.nat({ max: 99_999_999 }), (text, digits) => {
        for (const value of [text, `${text}${digits}`, `+${digits}${text}`]) {
          const key = phoneKey(value, 'US');
          if (key !== undefined) expect(phoneKey(key)).toBe(key);
        }
      }),
      { numRuns: 300, examples: [[';ext=1', 49000000]] },
    );
  });
});

it('takes a region from a code or a number', () => {
  expect([regionOf('gb'), regionOf('XX'), regionOf(''), regionOf(null)]).toEqual([
    'GB',
    undefined,
    undefined,
    undefined,
  ]);
  expect([regionOfPhone('+4930901820'), regionOfPhone('+1'), regionOfPhone(null)]).toEqual([
    'DE',
    undefined,
    undefined,
  ]);
});
