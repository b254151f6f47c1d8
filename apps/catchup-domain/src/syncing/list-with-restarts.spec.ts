import { GoogleRefusedError, PageTokenInvalidError, SyncTokenExpiredError } from '@switchyard/catchup-google';
import { listWithRestarts } from './list-with-restarts.js';

const facts = (status: number) => ({ operation: 'calendar.events.list', status });
const CUT_OFF = () => new PageTokenInvalidError(facts(400));

/** Reads that fail one after the other before one goes well, and the tokens they were given. */
async function listing(token: string | undefined, ...errors: Error[]) {
  const tokens: (string | undefined)[] = [];
  const listed = await listWithRestarts(token, (given) => {
    tokens.push(given);
    const error = errors.shift();
    return error ? Promise.reject(error) : Promise.resolve('report');
  }).catch((error: unknown) => error);
  return { tokens, listed };
}

describe('a listing that is cut off', () => {
  it.each([
    ['has expired', () => new SyncTokenExpiredError(facts(410))],
    ['was given for other parameters', () => new GoogleRefusedError(facts(400))],
  ])('lists everything where the token %s', async (_, error) => {
    expect(await listing('old', error())).toEqual({
      tokens: ['old', undefined],
      listed: { report: 'report', tokenExpired: true },
    });
  });

  it('gives up where everything is refused, too, or for another reason', async () => {
    const refused = new GoogleRefusedError(facts(400));
    expect(await listing('old', refused, refused)).toEqual({ tokens: ['old', undefined], listed: refused });
    const other = new GoogleRefusedError(facts(409));
    expect(await listing('old', other)).toEqual({ tokens: ['old'], listed: other });
  });

  it('begins again where pages end, three times at most', async () => {
    expect(await listing('old', CUT_OFF(), CUT_OFF())).toEqual({
      tokens: ['old', 'old', 'old'],
      listed: { report: 'report', tokenExpired: false },
    });
    expect((await listing(undefined, CUT_OFF(), CUT_OFF(), CUT_OFF())).listed).toBeInstanceOf(
      PageTokenInvalidError,
    );
  });
});
