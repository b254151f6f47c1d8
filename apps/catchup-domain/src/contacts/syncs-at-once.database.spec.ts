import type { Data, Stores } from '@switchyard/catchup-data';
import { contactsOf } from '../spec-support/address-book.js';
import { DATABASE_KINDS } from '../spec-support/databases.js';
import { rejection, startLab, type Lab, type Process } from '../spec-support/lab.js';
import { until } from '../spec-support/until.js';
import { createContactSync } from './contact-sync.js';

const LIST = 'people.connections.list';

describe.each(DATABASE_KINDS)('two syncs of contacts at once on the %s database', (kind) => {
  let lab: Lab;
  let other: Process;
  let people = 0;
  beforeAll(async () => {
    const users = Array.from({ length: 12 }, (_, n) => ({
      email: `user${n}@example.com`,
      contacts: 0,
      events: 0,
      series: false,
    }));
    lab = await startLab(kind, { users });
    other = await lab.startProcess();
  });
  afterAll(() => lab.stop());
  afterEach(() => lab.google.setFaults([]));

  const email = () => `user${people++}@example.com`;
  const syncOn = (process: Process) =>
    createContactSync({ ...process, now: lab.now, newId: lab.newId, pageSize: 3, leaseSeconds: 120 });
  const addPeople = (owner: string, names: readonly string[], domain = 'x.org') => {
    for (const name of names)
      lab.google.addContact(owner, {
        names: [{ displayName: name }],
        emailAddresses: [{ value: `${name.toLowerCase()}@${domain}` }],
      });
  };

  it('of one account: one yields', async () => {
    const { account } = await lab.addUser(email());
    addPeople(account.email!, ['Ann', 'Bo', 'Cy', 'Di']);
    const outcomes = await Promise.all(
      [lab.process, other, lab.process, other].map((process) => syncOn(process).sync(account.id)),
    );
    // Those that come when it is over find nothing to do.
    const added = outcomes.flatMap((outcome) => (outcome.state === 'synced' ? [outcome.report.added] : []));
    expect(added.filter((count) => count > 0)).toEqual([4]);
    expect(await syncOn(other).sync(account.id)).toMatchObject({ state: 'synced', report: { added: 0 } });
  });

  it('of one account: one that hangs is overtaken after its lease, and writes nothing any more', async () => {
    const { user, account } = await lab.addUser(email());
    addPeople(account.email!, ['Ann', 'Bo', 'Cy', 'Di', 'Ed', 'Flo', 'Gus']);
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let isHanging = false;
    const hanging: Process = {
      ...lab.process,
      google: {
        ...lab.process.google,
        people: {
          async *listPages(accountId, options) {
            for await (const page of lab.process.google.people.listPages(accountId, options)) {
              if (page.nextSyncToken !== undefined) {
                isHanging = true;
                await held;
              }
              yield page;
            }
          },
        },
      },
    };
    const hung = rejection(syncOn(hanging).sync(account.id));
    await until(() => isHanging);
    expect(await syncOn(other).sync(account.id)).toEqual({ state: 'busy' });

    lab.advance({ seconds: 121 });
    lab.google.deleteContact(
      account.email!,
      (await lab.data.contactSources.ofAccount(account.id))[0]!.resourceName,
    );
    expect(await syncOn(other).sync(account.id)).toMatchObject({ state: 'synced', report: { kind: 'full' } });
    const before = await contactsOf(lab.data, user.id);
    goOn();
    expect(await hung).toMatchObject({ code: 'ERR_DOMAIN_SYNC_OVERTAKEN' });
    expect(await contactsOf(lab.data, user.id)).toEqual(before);
    expect(before).toHaveLength(6);
    expect(await lab.data.syncState.get(account.id, 'contacts')).toMatchObject({ failureCount: 0 });
  });

  it('of two accounts of one user: who is in both is one contact', async () => {
    const { user, account } = await lab.addUser(email());
    const second = await lab.connect(user.id, email());
    addPeople(account.email!, ['Ann', 'Bo', 'Cy', 'Di', 'Ed']);
    addPeople(second.email!, ['Di', 'Ed', 'Flo', 'Gus']);
    // By name alone nobody is the same.
    addPeople(second.email!, ['Ann'], 'elsewhere.org');
    await Promise.all([syncOn(lab.process).sync(account.id), syncOn(other).sync(second.id)]);
    const names = (await contactsOf(lab.data, user.id)).map(({ name }) => name);
    expect(names).toEqual(['Ann', 'Ann', 'Bo', 'Cy', 'Di', 'Ed', 'Flo', 'Gus']);
  });

  it('of two accounts of one user: neither overlooks what the other writes meanwhile', async () => {
    const { user, account } = await lab.addUser(email());
    const second = await lab.connect(user.id, email());
    addPeople(account.email!, ['Ann', 'Bo']);
    addPeople(second.email!, ['Bo', 'Cy']);
    // An embedded database has one transaction at a time.
    let isFirst = kind === 'server';
    const overlapping: Data = {
      ...lab.data,
      transaction: (work, options) =>
        lab.data.transaction(async (stores) => {
          const ofUser: Stores['contactSources']['ofUser'] = async (...asked) => {
            const read = await stores.contactSources.ofUser(...asked);
            if (isFirst) {
              isFirst = false;
              await syncOn(other).sync(second.id);
            }
            return read;
          };
          return await work({ ...stores, contactSources: { ...stores.contactSources, ofUser } });
        }, options),
    };
    await syncOn({ ...lab.process, data: overlapping }).sync(account.id);
    await syncOn(other).sync(second.id);
    expect((await contactsOf(lab.data, user.id)).map(({ name }) => name)).toEqual(['Ann', 'Bo', 'Cy']);
  });

  it('joins and parts contacts with their addresses, and keeps what the user did', async () => {
    const { user, account } = await lab.addUser(email());
    const owner = account.email!;
    addPeople(owner, ['Ann', 'Bo']);
    await syncOn(lab.process).sync(account.id);
    const contactOf = async (name: string) =>
      (await lab.data.contacts.list(user.id, { limit: 10 })).find((each) => each.displayName === name)!;
    const bo = await contactOf('Bo');
    const calledAt = new Date('2026-01-01T00:00:00Z');
    await lab.data.contacts.noteContacted(bo.id, calledAt, lab.now());
    await lab.data.contacts.setPersonal(bo.id, { closeness: 0.8 }, lab.now());
    const nameOfBo = (await lab.data.contactSources.ofContact(bo.id))[0]!.resourceName;

    lab.advance({ seconds: 60 });
    const emailsOfBo = (...values: string[]) =>
      lab.google.changeContact(owner, nameOfBo, { emailAddresses: values.map((value) => ({ value })) });
    emailsOfBo('bo@x.org', 'ann@x.org');
    await syncOn(lab.process).sync(account.id);
    // What was changed last gives the name; what the user touched gives the id.
    expect(await contactsOf(lab.data, user.id)).toEqual([
      { name: 'Bo', emails: ['bo@x.org', 'ann@x.org'], phones: [] },
    ]);
    expect(await lab.data.contacts.get(bo.id)).toMatchObject({ lastContactedAt: calledAt, closeness: 0.8 });

    emailsOfBo('bo@x.org');
    await syncOn(lab.process).sync(account.id);
    expect((await contactsOf(lab.data, user.id)).map(({ name }) => name)).toEqual(['Ann', 'Bo']);
    expect(await contactOf('Ann')).toMatchObject({ lastContactedAt: calledAt });
    expect([(await contactOf('Ann')).id, (await contactOf('Bo')).id]).toContain(bo.id);
  });

  it('reports what it rejects, and keeps the rest', async () => {
    const { user, account } = await lab.addUser(email());
    addPeople(account.email!, ['Ann', 'Bo', 'Cy']);
    const { google } = lab.process;
    const odd: Process = {
      ...lab.process,
      google: {
        ...google,
        people: {
          async *listPages(accountId, options) {
            for await (const page of google.people.listPages(accountId, options)) {
              const people = page.people.map((person, n) =>
                n === 1 ? { ...person, names: 'odd' as never } : person,
              );
              yield { ...page, people, rejected: [{ index: 9, problem: 'no resourceName' }] };
            }
          },
        },
      },
    };
    expect(await syncOn(odd).sync(account.id)).toMatchObject({
      report: {
        added: 2,
        rejected: [
          { resourceName: expect.stringMatching(/^people\//), reason: 'its names is no list of objects' },
          { resourceName: null, reason: 'no resourceName' },
        ],
      },
    });
    expect(await contactsOf(lab.data, user.id)).toHaveLength(2);
  });

  it('asks for each page once, and for tokens not at all', async () => {
    const { account } = await lab.addUser(email());
    addPeople(account.email!, ['Ann', 'Bo', 'Cy', 'Di']);
    const before = lab.google.requests.length;
    await syncOn(lab.process).sync(account.id);
    expect(lab.google.requests.slice(before).map(({ operation }) => operation)).toEqual([LIST, LIST]);
  });
});
