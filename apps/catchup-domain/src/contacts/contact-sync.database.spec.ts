import { dumpTables } from '@switchyard/catchup-data/testing';
import { contactsOf } from '../spec-support/address-book.js';
import { DATABASE_KINDS } from '../spec-support/databases.js';
import { rejection, startLab, type ConnectedUser, type Lab } from '../spec-support/lab.js';
import { until } from '../spec-support/until.js';
import { createContactSync, type ContactSyncOptions } from './contact-sync.js';

const PAGE_SIZE = 10;

describe.each(DATABASE_KINDS)('a sync of contacts on the %s database', (kind) => {
  let lab: Lab;
  let people = 0;
  beforeAll(async () => {
    const users = Array.from({ length: 12 }, (_, n) => ({
      email: `user${n}@example.com`,
      contacts: 35,
      events: 0,
      series: false,
    }));
    lab = await startLab(kind, { users });
  });
  afterAll(() => lab.stop());
  afterEach(() => lab.google.setFaults([]));

  const someone = (): Promise<ConnectedUser> => lab.addUser(`user${people++}@example.com`);
  const sync = async ({ account }: ConnectedUser, options?: ContactSyncOptions) => {
    const outcome = await createContactSync({
      ...lab.process,
      now: lab.now,
      newId: lab.newId,
      pageSize: PAGE_SIZE,
    }).sync(account.id, options);
    if (outcome.state !== 'synced') throw new Error(`expected a report, it was ${outcome.state}`);
    return outcome.report;
  };
  const known = (one: ConnectedUser) => contactsOf(lab.data, one.user.id);
  const state = ({ account }: ConnectedUser) => lab.data.syncState.get(account.id, 'contacts');

  it('refuses an account that is not there', async () => {
    const { process, now, newId } = lab;
    const nobody = createContactSync({ ...process, now, newId }).sync('nobody');
    expect(await rejection(nobody)).toMatchObject({ code: 'ERR_DOMAIN_UNKNOWN_ACCOUNT' });
  });

  it('notes a failure, keeps what it has read, and goes on from there', async () => {
    const one = await someone();
    lab.google.setFaults([{ kind: 'internal-error', operation: 'people.connections.list', skip: 2 }]);
    expect(await rejection(sync(one))).toMatchObject({ code: 'ERR_GOOGLE_UNAVAILABLE' });
    expect(await state(one)).toMatchObject({
      syncToken: null,
      failureCount: 1,
      lastFailure: 'ERR_GOOGLE_UNAVAILABLE',
    });
    const halfway = await known(one);
    expect(halfway.length).toBeGreaterThan(5);

    lab.google.setFaults([]);
    expect(await sync(one)).toMatchObject({ kind: 'full', pages: 4, unchanged: 20, added: 15, removed: 0 });
    expect(await state(one)).toMatchObject({ failureCount: 0, lastFailure: null });
    expect((await known(one)).length).toBeGreaterThan(halfway.length);
  });

  it('survives a storm of 429 and a 5xx on the third page', async () => {
    const one = await someone();
    lab.google.setFaults([
      { kind: 'too-many-requests', operation: 'people.connections.list', times: 3 },
      { kind: 'unavailable', operation: 'people.connections.list', skip: 2, times: 2 },
    ]);
    expect(await sync(one)).toMatchObject({ pages: 4, added: 35 });
  });

  it('changes nothing the second time, full or incremental', async () => {
    const one = await someone();
    await sync(one);
    const before = await dumpTables(lab.data);
    const ofRows = ({ syncState: _, ...rows }: typeof before) => rows;
    lab.advance({ seconds: 60 });
    expect(await sync(one)).toMatchObject({ kind: 'incremental', added: 0, changed: 0, removed: 0 });
    expect(await sync(one, { full: true })).toMatchObject({
      kind: 'full',
      unchanged: 35,
      added: 0,
      removed: 0,
    });
    // Of the sync itself it is noted that it ran.
    expect(ofRows(await dumpTables(lab.data))).toEqual(ofRows(before));
  });

  it('takes over what was added, changed, deleted, merged and renamed at Google', async () => {
    const one = await someone();
    const { email } = one.user;
    await sync(one);
    const names = await sourceNames(lab, one);
    const added = lab.google.addContact(email, {
      names: [{ displayName: 'Nova New' }],
      emailAddresses: [{ value: 'Nova@Example.net' }],
    });
    lab.google.changeContact(email, names[0]!, { names: [{ displayName: 'Other Now' }] });
    lab.google.deleteContact(email, names[1]!);
    lab.google.mergeContacts(email, names[2]!, [names[3]!]);
    const renamed = lab.google.relinkContact(email, names[4]!);
    const idBefore = (await sourceOf(lab, one, names[4]!))?.contactId;

    expect(await sync(one)).toMatchObject({ kind: 'incremental', added: 2, changed: 2, removed: 3 });
    const after = await sourceNames(lab, one);
    expect(after).toEqual(expect.arrayContaining([added, names[0], names[2], renamed]));
    for (const gone of [names[1], names[3], names[4]]) expect(after).not.toContain(gone);
    expect(await known(one)).toContainEqual({ name: 'Nova New', emails: ['nova@example.net'], phones: [] });
    expect((await sourceOf(lab, one, renamed))?.contactId).toBe(idBefore);
    await expectSameAsFull(one);
  });

  it('lists everything when the sync token has expired, and removes what is gone', async () => {
    const one = await someone();
    await sync(one);
    const [first, second] = await sourceNames(lab, one);
    lab.google.deleteContact(one.user.email, first!);
    lab.google.changeContact(one.user.email, second!, { names: [{ displayName: 'Found Anew' }] });
    lab.google.expireSyncTokens({ user: one.user.email, list: 'people' });
    expect(await sync(one)).toMatchObject({
      kind: 'full',
      tokenExpired: true,
      removed: 1,
      changed: 1,
      unchanged: 33,
    });
    expect(await sourceNames(lab, one)).not.toContain(first);
    await expectSameAsFull(one);
  });

  it('lists everything when other pages are asked for than those that the token is for', async () => {
    const one = await someone();
    await sync(one);
    const { process, now, newId } = lab;
    const other = createContactSync({ ...process, now, newId, pageSize: PAGE_SIZE * 2 });
    expect(await other.sync(one.account.id)).toMatchObject({
      report: { kind: 'full', tokenExpired: true, pages: 2, unchanged: 35 },
    });
    expect(await other.sync(one.account.id)).toMatchObject({ report: { kind: 'incremental' } });
  });

  it('removes nothing when a full listing is cut short', async () => {
    const one = await someone();
    await sync(one);
    const before = await known(one);
    const { syncToken } = (await state(one)) ?? {};
    const names = await sourceNames(lab, one);
    lab.google.deleteContact(one.user.email, names[0]!);
    lab.google.setFaults([{ kind: 'cut-off', operation: 'people.connections.list', page: 'later' }]);
    await rejection(sync(one, { full: true }));
    expect(await known(one)).toEqual(before);
    expect((await state(one))?.syncToken).toBe(syncToken);
  });

  it('is killed between pages, and the next one is right', async () => {
    const one = await someone();
    const abort = new AbortController();
    lab.google.setFaults([{ kind: 'slow', operation: 'people.connections.list', skip: 2, delayMs: 60_000 }]);
    const killed = rejection(sync(one, { signal: abort.signal }));
    const soFar = lab.google.requests.length;
    await until(() => lab.google.requests.length >= soFar + 2);
    abort.abort(new Error('killed'));
    expect((await killed).message).toBe('killed');
    expect(await state(one)).toBeUndefined();

    lab.google.setFaults([]);
    await sync(one);
    await expectSameAsFull(one);
  });

  it('begins again when the pages are gone, and is right when something changes in between', async () => {
    const one = await someone();
    lab.google.setFaults([
      { kind: 'page-token-expires', operation: 'people.connections.list', page: 'later', skip: 1, times: 1 },
    ]);
    expect(await sync(one)).toMatchObject({ kind: 'full', pages: 4 });
    await expectSameAsFull(one);
  });

  it('refreshes a token that ends in the middle of paging', async () => {
    const one = await someone();
    lab.google.setFaults([
      { kind: 'access-token-dies', operation: 'people.connections.list', page: 'later', times: 1 },
    ]);
    expect(await sync(one)).toMatchObject({ pages: 4, added: 35 });
    expect((await lab.data.tokens.facts(one.account.id))?.version).toBe(2);
  });

  it('stops when the grant is revoked in the middle, and the user is asked to reconnect', async () => {
    const one = await someone();
    await sync(one);
    const before = await known(one);
    lab.google.revoke(one.user.email);
    expect(await rejection(sync(one, { full: true }))).toMatchObject({ code: 'ERR_DOMAIN_RECONNECT_NEEDED' });
    expect(await lab.data.accounts.get(one.account.id)).toMatchObject({ status: 'needs-reconnect' });
    expect(await lab.data.notifications.ofUser(one.user.id, 'pending')).toMatchObject([
      { kind: 'reconnect-account' },
    ]);
    expect(await known(one)).toEqual(before);
  });

  /** A full sync finds nothing that the incremental ones had missed. */
  async function expectSameAsFull(one: ConnectedUser) {
    const before = await known(one);
    expect(await sync(one, { full: true })).toMatchObject({ added: 0, changed: 0, removed: 0 });
    expect(await known(one)).toEqual(before);
  }
});

const sourceNames = async ({ data }: Lab, { account }: ConnectedUser): Promise<string[]> =>
  (await data.contactSources.ofAccount(account.id)).map(({ resourceName }) => resourceName);
const sourceOf = async ({ data }: Lab, { account }: ConnectedUser, name: string) =>
  (await data.contactSources.ofAccount(account.id)).find(({ resourceName }) => resourceName === name);
