import { countCommands } from '@switchyard/http-redis';
import { claimed, rejection } from './spec-support/lab.js';
import { lab, ours, theirs } from './spec-support/two-claimants.js';

describe('what is billed', () => {
  it('is what the README says', async () => {
    const warm = claimed(await ours.claim('warm'));
    await warm.renew();
    await warm.release();
    await claimed(await ours.claim('warm')).complete();

    let claim = claimed(await ours.claim('other'));
    const claiming = async () => void (claim = claimed(await ours.claim('costs')));
    expect(await lab.billed(claiming)).toBe(1);
    expect(await lab.billed(() => theirs.claim('costs'))).toBe(1);
    expect(await lab.billed(() => claim.renew())).toBe(3);
    expect(await lab.billed(() => claim.release())).toBe(3);
    await claiming();
    expect(await lab.billed(() => claim.complete({ a: 1 }))).toBe(3);
    expect(await lab.billed(() => theirs.claim('costs'))).toBe(1);

    expect(await lab.billed(() => ours.once('happy path', () => 1))).toBe(4);
    expect(await lab.billed(() => ours.once('happy path', () => 1))).toBe(1);
  });

  it('is less for what is refused, and more for a claim that was had without being told', async () => {
    const claim = claimed(await ours.claim('refused'));
    await lab.expire('refused');
    await claimed(await theirs.claim('refused')).complete();
    expect(await lab.billed(() => rejection(claim.complete()))).toBe(2);
    expect(await lab.billed(() => rejection(claim.renew()))).toBe(2);
    expect(await lab.billed(() => claim.release())).toBe(2);

    const untold = lab.open({}, { retry: 'none' });
    await lab.withoutAnswers(() => rejection(untold.claim('untold')));
    expect(await lab.billed(async () => claimed(await untold.claim('untold')))).toBe(4);
  });

  it('is what the account of commands says, under the source idempotency', async () => {
    const account = countCommands();
    const billed = await lab.billed(async () => {
      const claim = claimed(await ours.claim('account'));
      await claim.renew();
      await claim.release();
      await rejection(claim.complete());
      const lost = claimed(await ours.claim('account'));
      await lab.expire('account');
      await rejection(lost.renew());
      await claimed(await theirs.claim('account')).complete();
      await rejection(lost.complete());
      await lost.release();
    });
    account.stop();
    // The DEL of what expired is the test's own.
    expect(account.billed('idempotency')).toBe(billed - 1);
    expect(account.billed()).toBe(account.billed('idempotency'));
  });
});
