import { DATABASE_KINDS } from './databases.js';
import { dumpTables } from './dump.js';
import { rejection, startLab, type Lab } from './lab.js';

describe.each(DATABASE_KINDS)('a lab on the %s database', (kind) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab(kind);
  });
  afterAll(() => lab.stop());

  it('knows nobody whom the stand-in does not know', async () => {
    expect((await rejection(lab.addUser('nobody@example.com'))).message).toContain('knows nobody');
  });

  it('has users with accounts and tokens, and shows them in a dump', async () => {
    const { user, account } = await lab.addUser('anna@example.com');
    expect((await lab.data.tokens.get(account.id))?.accessToken).toMatch(/./);
    const dump = await dumpTables(lab.data);
    expect(dump.accounts).toMatchObject([{ id: account.id, userId: user.id }]);
    expect(dump.tokens).toMatchObject([{ accountId: account.id, failureCount: 0 }]);
    expect(JSON.stringify(dump)).not.toContain('ya29');
  });
});
