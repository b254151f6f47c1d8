import fc from 'fast-check';
import { contactsOf } from '../spec-support/address-book.js';
import { DATABASE_KINDS } from '../spec-support/databases.js';
import { startLab, type ConnectedUser, type Lab } from '../spec-support/lab.js';
import { createContactSync } from './contact-sync.js';
import { planContacts } from './plan-contacts.js';

const RUNS = 8;
/** Shrinking asks for more. */
const USERS = 200;

/** What happens to an address book; `at` says to whom of those who are there. */
const change = fc.record({
  what: fc.constantFrom('add', 'change', 'change', 'delete', 'merge', 'relink', 'expire'),
  at: fc.nat({ max: 20 }),
  name: fc.constantFrom('Ann', 'Bo', 'Cy', 'Di', 'Ed', 'Flo'),
  email: fc.constantFrom('a@x.org', 'b@x.org', 'c@x.org', 'info@x.org', 'd.d@gmail.com', 'dd@gmail.com'),
  phone: fc.option(fc.constantFrom('+442079460001', '020 7946 0001', '+442079460002', 'ask')),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
/** Before a sync, and between its pages. */
const step = fc.record({
  before: fc.array(change, { maxLength: 6 }),
  between: fc.array(change, { maxLength: 2 }),
  diesAfterPage: fc.option(fc.nat({ max: 2 }), { freq: 3 }),
});

describe.each(DATABASE_KINDS)('any history of an address book, on the %s database', (kind) => {
  let lab: Lab;
  let people = 0;
  beforeAll(async () => {
    const users = Array.from({ length: USERS }, (_, n) => ({
      email: `user${n}@example.com`,
      contacts: 0,
      events: 0,
      series: false,
    }));
    lab = await startLab(kind, { users });
  });
  afterAll(() => lab.stop());

  async function entriesOf({ account }: ConnectedUser) {
    return await lab.data.contactSources.ofAccount(account.id);
  }

  /** Applies a change at Google; nothing where there is nobody for it. Returns the names that are there then. */
  function apply(
    owner: string,
    names: readonly string[],
    { what, at, name, email, phone }: Change,
  ): string[] {
    const fields = {
      names: [{ displayName: name }],
      emailAddresses: [{ value: email }],
      phoneNumbers: phone === null ? [] : [{ value: phone }],
    };
    const one = names[at % names.length];
    const next = names[(at + 1) % names.length];
    if (what === 'expire') lab.google.expireSyncTokens({ user: owner, list: 'people' });
    if (what === 'add' || one === undefined || next === undefined)
      return [...names, lab.google.addContact(owner, fields)];
    if (what === 'change') lab.google.changeContact(owner, one, fields);
    if (what === 'relink')
      return [...names.filter((each) => each !== one), lab.google.relinkContact(owner, one)];
    if (what === 'merge' && one !== next) lab.google.mergeContacts(owner, one, [next]);
    else if (what === 'delete') lab.google.deleteContact(owner, one);
    else return [...names];
    return names.filter((each) => each !== (what === 'merge' ? next : one));
  }

  it('ends with what a full sync of the address book says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        const one = await lab.addUser(`user${people++}@example.com`);
        let names: string[] = [];
        for (const { before, between, diesAfterPage } of steps) {
          lab.advance({ seconds: 60 });
          for (const each of before) names = apply(one.account.email!, names, each);
          const waiting = [...between];
          const abort = new AbortController();
          const google = lab.process.google;
          const interrupted = {
            people: {
              async *listPages(...asked: Parameters<typeof google.people.listPages>) {
                let page = 0;
                for await (const each of google.people.listPages(...asked)) {
                  yield each;
                  for (const late of waiting.splice(0)) names = apply(one.account.email!, names, late);
                  if (page++ === diesAfterPage) abort.abort();
                }
              },
            },
          };
          const { data, now, newId } = { ...lab.process, ...lab };
          await createContactSync({ data, google: interrupted, now, newId, pageSize: 2 })
            .sync(one.account.id, { signal: abort.signal })
            .catch((error: unknown) => expect(error).toBe(abort.signal.reason));
          await expectPlanned(one);
        }
        const sync = createContactSync({ ...lab.process, now: lab.now, newId: lab.newId, pageSize: 3 });
        await sync.sync(one.account.id);
        const incremental = await contactsOf(lab.data, one.user.id);
        expect((await entriesOf(one)).map(({ resourceName }) => resourceName).sort()).toEqual(
          [...names].sort(),
        );
        expect(await sync.sync(one.account.id, { full: true })).toMatchObject({
          report: { added: 0, changed: 0, removed: 0 },
        });
        expect(await contactsOf(lab.data, one.user.id)).toEqual(incremental);
      }),
      { numRuns: RUNS },
    );
  });

  /** Whatever was read so far, contacts are what it comes to. */
  async function expectPlanned(one: ConnectedUser) {
    const entries = await entriesOf(one);
    const people = entries.map(({ accountId, resourceName, fields }) => ({
      key: `${accountId} ${resourceName}`,
      fields,
    }));
    const planned = planContacts(people, []).contacts.map(({ fields }) => fields.displayName);
    const kept = await contactsOf(lab.data, one.user.id);
    expect(kept.map(({ name }) => name).sort()).toEqual(planned.sort());
    expect(new Set(entries.map(({ contactId }) => contactId)).size).toBe(kept.length);
  }
});
