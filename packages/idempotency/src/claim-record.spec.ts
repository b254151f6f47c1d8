import fc from 'fast-check';
import { claimedRecord, createToken, doneRecord, failedRecord, readRecord } from './claim-record.js';
import { ForeignRecordError } from './errors.js';
import { keptFailure } from './kept-failure.js';

describe('readRecord', () => {
  it('refuses whatever this package has not written', () => {
    const token = createToken();
    const foreign: unknown[] = [
      '',
      'OK',
      '1',
      7,
      null,
      [],
      '{"state":"done"}',
      '<html>',
      `c${token}`,
      `c${token}-5`,
    ];
    foreign.push(`c${token}1.5`, `x${token}30000`, `d${token}{`, `d${token}undefined`, `f${token}`, token);
    for (const text of foreign) expect(() => readRecord('key', text)).toThrow(ForeignRecordError);
  });

  it('never throws anything else', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ minLength: 22 }).map((rest) => `d${rest}`),
      fc.anything(),
    );
    fc.assert(
      fc.property(text, (anything) => {
        try {
          readRecord('key', anything);
        } catch (error) {
          expect(error).toBeInstanceOf(ForeignRecordError);
        }
      }),
    );
  });

  it('reads what was written', () => {
    const token = createToken();
    expect(readRecord('key', claimedRecord(token, 30_000))).toEqual({
      state: 'claimed',
      token,
      leaseMs: 30_000,
    });
    expect(readRecord('key', doneRecord(token, ''))).toEqual({ state: 'done', result: undefined });
    expect(readRecord('key', doneRecord(token, '"a\\nb 😀"'))).toEqual({ state: 'done', result: 'a\nb 😀' });
    const failure = keptFailure(Object.assign(new RangeError('too far'), { code: 'ERR_FAR' }));
    expect(readRecord('key', failedRecord(token, failure))).toEqual({
      state: 'failed',
      failure: { name: 'RangeError', message: 'too far', code: 'ERR_FAR' },
    });
  });
});

describe('createToken', () => {
  it('is as long as the scripts expect, and never the same', () => {
    const tokens = Array.from({ length: 1000 }, createToken);
    expect(new Set(tokens).size).toBe(1000);
    expect(tokens.every((token) => /^[\w-]{22}$/.test(token))).toBe(true);
  });
});

describe('keptFailure', () => {
  it('is bounded whatever was thrown', () => {
    const long = 'x'.repeat(10_000);
    const failure = keptFailure(Object.assign(new Error(long), { name: long, code: long }));
    expect(JSON.stringify(failure).length).toBeLessThan(2000);
    expect(keptFailure('no').message).toBe('no');
    expect(keptFailure(Object.create(null)).message).toBe('a thrown object');
    expect(keptFailure(Object.assign(new Error('e'), { code: 5 }))).toEqual({ name: 'Error', message: 'e' });
  });
});
