import fc from 'fast-check';
import { addressBook, aPerson } from '../spec-support/people.js';
import { applyListing, sweepListing, type KeptEntry } from './apply-listing.js';
import type { ReadPerson } from './read-person.js';

const ann = aPerson({ key: 'ann', name: 'Ann', emails: ['ann@x.org'] }).fields;
const bo = aPerson({ key: 'bo', name: 'Bo' }).fields;

const kept = (...entries: (Partial<KeptEntry> & { resourceName: string })[]) =>
  new Map(
    entries.map((entry): [string, KeptEntry] => [
      entry.resourceName,
      { etag: '1', fields: ann, contactId: `contact of ${entry.resourceName}`, deleted: false, ...entry },
    ]),
  );
const person = (resourceName: string, fields = ann, formerNames: string[] = []): ReadPerson => ({
  kind: 'person',
  resourceName,
  etag: '1',
  formerNames,
  fields,
});
const deleted = (resourceName: string, formerNames: string[] = []): ReadPerson => ({
  kind: 'deleted',
  resourceName,
  formerNames,
});
const rejected: ReadPerson = { kind: 'rejected', resourceName: 'people/1', reason: 'it is odd' };
const writes = (applied: { written: readonly { resourceName: string; deleted: boolean }[] }) =>
  applied.written.map((entry) => `${entry.deleted ? '-' : '+'}${entry.resourceName}`);

describe('a page of a listing', () => {
  it('leaves what it rejects as it is, and applies the rest', () => {
    const applied = applyListing(kept({ resourceName: 'people/1' }), [rejected, person('people/2')]);
    expect(writes(applied)).toEqual(['+people/2']);
    expect(applied).toMatchObject({
      rejected: [{ resourceName: 'people/1', reason: 'it is odd' }],
      added: 1,
      removed: 0,
    });
  });

  it('writes nothing for what is known, gone before or never was there', () => {
    const entries = kept({ resourceName: 'people/1' }, { resourceName: 'people/2', deleted: true });
    const applied = applyListing(entries, [person('people/1'), deleted('people/2'), deleted('people/3')]);
    expect(applied).toEqual({ written: [], rejected: [], added: 0, changed: 0, removed: 0, unchanged: 3 });
  });

  it('writes who is new, back, different or gone', () => {
    const entries = kept(
      { resourceName: 'people/back', deleted: true },
      { resourceName: 'people/other' },
      { resourceName: 'people/etag', etag: '0' },
      { resourceName: 'people/gone' },
    );
    const applied = applyListing(entries, [
      person('people/new'),
      person('people/back'),
      person('people/other', bo),
      person('people/etag'),
      deleted('people/gone'),
    ]);
    expect(applied).toMatchObject({ added: 2, changed: 2, removed: 1, unchanged: 0 });
    expect(applied.written.map(({ contactId }) => contactId)).toEqual([
      null,
      'contact of people/back',
      'contact of people/other',
      'contact of people/etag',
      'contact of people/gone',
    ]);
  });

  it('takes the later one of an entry that comes twice', () => {
    expect(writes(applyListing(kept(), [person('people/1'), deleted('people/1')]))).toEqual([]);
    const again = applyListing(kept({ resourceName: 'people/1' }), [
      deleted('people/1'),
      person('people/1', bo),
    ]);
    expect(again).toMatchObject({ changed: 1, removed: 0, written: [{ fields: bo }] });
  });

  it('keeps the contact of somebody who goes by another name now', () => {
    const applied = applyListing(kept({ resourceName: 'people/old' }), [
      person('people/new', ann, ['people/old']),
    ]);
    expect(writes(applied)).toEqual(['+people/new', '-people/old']);
    expect(applied.written[0]?.contactId).toBe('contact of people/old');
  });

  it('takes nobody for a former name who is listed', () => {
    const entries = kept({ resourceName: 'people/old' });
    const renamed = person('people/new', ann, ['people/old']);
    expect(writes(applyListing(entries, [renamed, person('people/old')]))).toEqual(['+people/new']);
    expect(writes(applyListing(entries, [renamed], new Set(['people/old'])))).toEqual(['+people/new']);
  });

  it('removes the former names of somebody who is gone', () => {
    const applied = applyListing(kept({ resourceName: 'people/old' }), [
      deleted('people/new', ['people/old']),
    ]);
    expect(writes(applied)).toEqual(['-people/old']);
  });
});

describe('the end of a complete listing', () => {
  it('removes what it did not have, once', () => {
    const entries = kept(
      { resourceName: 'people/1' },
      { resourceName: 'people/2' },
      { resourceName: 'people/3', deleted: true },
    );
    const swept = sweepListing(entries, new Set(['people/1']));
    expect(swept).toMatchObject([
      { resourceName: 'people/2', deleted: true, contactId: 'contact of people/2' },
    ]);
  });
});

describe('listings', () => {
  const items = addressBook(8).chain((book) =>
    fc.array(
      fc.record({
        at: fc.nat({ max: 7 }),
        gone: fc.boolean(),
        fields: fc.constantFrom(...book, aPerson({ key: 'x' })),
      }),
      { maxLength: 20 },
    ),
  );
  const listing = items.map((list) =>
    list.map(({ at, gone, fields: { fields } }) =>
      gone ? deleted(`people/${at}`) : person(`people/${at}`, fields),
    ),
  );
  const apply = (entries: Map<string, KeptEntry>, page: readonly ReadPerson[]) => {
    for (const entry of applyListing(entries, page).written)
      entries.set(entry.resourceName, { ...entry, contactId: entry.contactId ?? 'new' });
    return entries;
  };
  const alive = (entries: ReadonlyMap<string, KeptEntry>) =>
    [...entries.values()]
      .filter((entry) => !entry.deleted)
      .map(({ resourceName, fields }) => [resourceName, fields]);

  it('come to the same in one page and in many', () => {
    fc.assert(
      fc.property(listing, fc.integer({ min: 1, max: 5 }), (list, pageSize) => {
        const paged = kept();
        for (let start = 0; start < list.length; start += pageSize)
          apply(paged, list.slice(start, start + pageSize));
        const sorted = (entries: ReadonlyMap<string, KeptEntry>) =>
          alive(entries).sort(([a], [b]) => String(a).localeCompare(String(b)));
        expect(sorted(paged)).toEqual(sorted(apply(kept(), list)));
      }),
    );
  });

  it('change nothing the second time', () => {
    fc.assert(
      fc.property(listing, (list) => {
        const entries = apply(kept(), list);
        expect(applyListing(entries, list).written).toEqual([]);
      }),
    );
  });
});
