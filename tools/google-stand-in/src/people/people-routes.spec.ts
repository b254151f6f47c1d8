import { useStandIns } from '../spec-support/started-stand-in.js';

const PATH = '/v1/people/me/connections';
const FIELDS = { personFields: 'names,emailAddresses,phoneNumbers,metadata' };

describe('people.connections.list', () => {
  const start = useStandIns();

  it('turns a request down that has no or an unknown field', async () => {
    const standIn = await start();
    const none = await standIn.get(PATH);
    expect(none.status).toBe(400);
    expect(none.body.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
    expect((await standIn.get(PATH, { personFields: 'names,shoeSize' })).status).toBe(400);
    expect((await standIn.get(PATH, { ...FIELDS, pageSize: 1001 })).status).toBe(400);
  });

  it('pages through all contacts and gives a sync token on the last page only', async () => {
    const standIn = await start();
    const names: string[] = [];
    let pageToken: string | undefined;
    const syncTokens: (string | undefined)[] = [];
    do {
      const { status, body } = await standIn.get(PATH, {
        ...FIELDS,
        pageSize: 15,
        requestSyncToken: true,
        pageToken,
      });
      expect(status).toBe(200);
      names.push(...body.connections.map(({ resourceName }) => resourceName!));
      syncTokens.push(body.nextSyncToken);
      pageToken = body.nextPageToken;
    } while (pageToken);
    expect(new Set(names).size).toBe(40);
    expect(syncTokens.map((token) => token !== undefined)).toEqual([false, false, true]);
  });

  it('tells of an expired sync token with a reason', async () => {
    const standIn = await start();
    const full = { ...FIELDS, pageSize: 1000, requestSyncToken: true };
    const { nextSyncToken: syncToken } = (await standIn.get(PATH, full)).body;
    expect((await standIn.get(PATH, { ...full, syncToken })).body).toEqual({
      nextSyncToken: expect.any(String),
      totalItems: 40,
      totalPeople: 40,
    });
    standIn.expireSyncTokens({ list: 'people' });
    const { status, body } = await standIn.get(PATH, { ...full, syncToken });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      status: 'FAILED_PRECONDITION',
      details: [{ reason: 'EXPIRED_SYNC_TOKEN' }],
    });
  });
});
