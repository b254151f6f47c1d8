import fc from 'fast-check';
import type { ContactFields, Data } from '../index.js';
import { describeOnBothDatabases } from '../spec-support/both-databases.js';
import { aContact, addAda, anEvent, aNotification, aUser, LATER, NOW } from '../spec-support/rows.js';

const RUNS = { seed: 5, numRuns: 40 };
const HOSTILE = [
  '\0',
  '\ud800',
  '\udfff',
  '\u202e',
  '\\u0000',
  '\\',
  '"',
  "'",
  '{',
  '}',
  ',',
  '$1',
  '%',
  '\n',
  'é',
  '🦊',
];
const hostile = () =>
  fc
    .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 5 })), {
      maxLength: 8,
    })
    .map((parts) => parts.join(''));
/** As PostgreSQL can hold it. */
const cleaned = (text: string) => text.replace(/\0|\p{Surrogate}/gu, '\ufffd');
const cleanedDeep = (value: unknown) =>
  JSON.parse(JSON.stringify(value), (_, part: unknown) =>
    typeof part === 'string' ? cleaned(part) : part,
  ) as unknown;

const written = { createdAt: NOW, updatedAt: NOW };
const sourceOf = (fields: Partial<ContactFields>) => ({
  accountId: 'ada-google',
  resourceName: 'people/c1',
  contactId: 'grace',
  fields: fields as ContactFields,
  ...written,
});

describeOnBothDatabases('hostile values', (open) => {
  let data: Data;
  beforeAll(async () => {
    data = await open();
    await addAda(data);
  });

  test('any text comes back, without what PostgreSQL cannot hold, and is unchanged the second time', async () => {
    await fc.assert(
      fc.asyncProperty(hostile(), fc.array(hostile(), { maxLength: 4 }), async (text, texts) => {
        await data.contacts.upsert([{ ...aContact(), displayName: text, notes: text }]);
        const event = anEvent('hostile', { summary: text, recurrence: texts });
        await data.events.upsert([event]);
        expect(await data.contacts.get('grace')).toMatchObject({
          displayName: cleaned(text),
          notes: cleaned(text),
        });
        const [stored] = await data.events.byExternalIds('work', ['ext-hostile']);
        expect(stored).toMatchObject({ summary: cleaned(text), recurrence: texts.map(cleaned) });
        expect(await data.events.upsert([event])).toMatchObject({ unchanged: 1 });
      }),
      RUNS,
    );
  });

  test('any JSON comes back, and is unchanged the second time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.dictionary(fc.string(), hostile()), async (json, texts) => {
        const fields = { json, texts: Object.values(texts), nothing: undefined } as unknown as ContactFields;
        await data.contactSources.upsert([sourceOf(fields)]);
        expect(await data.contactSources.upsert([sourceOf(fields)])).toMatchObject({ unchanged: 1 });
        const [stored] = await data.contactSources.ofContact('grace');
        expect(stored?.fields).toEqual(cleanedDeep(fields));
      }),
      RUNS,
    );
  });

  test('names that mean something to JavaScript are names like others', async () => {
    const payload = JSON.parse('{"__proto__": {"admin": true}, "constructor": 1, "toString": "x"}') as Record<
      string,
      unknown
    >;
    const [added] = await data.notifications.add([aNotification('proto', { payload })]);
    expect(JSON.stringify(Object.entries(added?.payload ?? {}).sort())).toBe(
      JSON.stringify(Object.entries(payload).sort()),
    );
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test('very long texts are kept', async () => {
    const long = '🦊'.repeat(500_000);
    await data.contacts.upsert([{ ...aContact(), notes: long }]);
    expect((await data.contacts.get('grace'))?.notes).toBe(long);
  });

  test('what something is found by is kept as it is, or refused', async () => {
    for (const id of ['a\0', '\ud800', 'x'.repeat(801), '🦊'.repeat(201)])
      await expect(data.users.save(aUser(id))).rejects.toMatchObject({ code: 'ERR_DATA_UNSTORABLE' });
    for (const id of ['\ufffd', '$1', "'; drop table users; --", 'x'.repeat(700), '🦊'.repeat(170)]) {
      await data.users.save({ ...aUser(id), email: `${id}@example.org` });
      expect(await data.users.get(id)).toMatchObject({ id });
    }
    expect(await data.contacts.byIds(['grace', 'gra\0ce', '\ud800'])).toHaveLength(1);
  });

  test('addresses that no index can hold are left out', async () => {
    const addresses = ['one@example.org', 'nul\0@example.org', 'x'.repeat(3000), 'one@example.org'];
    const emails = addresses.map((value) => ({ value, label: 'a\0' }));
    await data.contacts.replaceAddresses([{ contactId: 'grace', userId: 'ada', emails, phones: [] }]);
    expect(await data.contacts.emailsOf(['grace'])).toEqual([
      { contactId: 'grace', userId: 'ada', email: 'one@example.org', label: 'a\ufffd', position: 0 },
    ]);
  });

  test('instants come back to the millisecond, from the year 1 to 9999', async () => {
    const [first, last] = ['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'].map(
      (text) => new Date(text),
    );
    const any = fc.date({ min: first, max: last, noInvalidDate: true });
    await fc.assert(
      fc.asyncProperty(any, async (at) => {
        await data.users.setSmsStopped('ada', at, NOW);
        expect((await data.users.get('ada'))?.smsStoppedAt).toEqual(at);
        expect(await data.users.setSmsStopped('ada', at, LATER)).toBe(false);
      }),
      {
        ...RUNS,
        examples: [[first as Date], [last as Date], [new Date('0099-12-31T23:59:59.999Z')], [new Date(-1)]],
      },
    );
  });

  test.each([
    new Date(Number.NaN),
    new Date(8.64e15),
    new Date('0000-12-31T23:59:59.999Z'),
    '2026-11-20' as never,
  ])('the instant %p is refused', async (at) => {
    await expect(data.users.setSmsStopped('ada', at, NOW)).rejects.toMatchObject({
      code: 'ERR_DATA_UNSTORABLE',
    });
  });

  test('an error shows no value that was to be stored', async () => {
    const refused = async (run: Promise<unknown>) => {
      const error = (await run.catch((reason: unknown) => reason)) as Error;
      expect(error).toMatchObject({ code: 'ERR_DATA_REFUSED' });
      expect(JSON.stringify(error) + error.message + String(error.stack) + String(error.cause)).not.toMatch(
        /hunter2|\+49/,
      );
    };
    await refused(data.users.save({ ...aUser('hunter2'), phone: '+49-30-hunter2' }));
    await refused(
      data.events.upsert([
        anEvent('e', { startAt: null, endAt: null, startDate: 'hunter2', endDate: 'hunter2' }),
      ]),
    );
    await refused(
      data.suggestions
        .ofUser('ada', 'hunter2' as never)
        .then(() => data.users.save({ ...aUser('eve'), email: 'ADA@hunter2' })),
    );
  });
});
