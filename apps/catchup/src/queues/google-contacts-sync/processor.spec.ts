import { mergeContacts } from './processor.js';

const person = (name: string, etag: string, phones: string[] = []) => ({
  resourceName: `people/${name}`,
  etag,
  displayName: name,
  phones,
});

test('counts what was created, updated, deleted and listed for nothing', () => {
  const merge = mergeContacts({
    known: [person('ada', '1'), person('bo', '1'), person('cy', '1')],
    pages: [
      [person('ada', '2'), { resourceName: 'people/bo', deleted: true }],
      [person('cy', '1'), person('di', '1')],
    ],
  });
  expect(merge).toEqual({ created: 1, updated: 1, deleted: 1, unchanged: 1, duplicates: [] });
});

test('a contact that is gone already is not deleted twice', () => {
  const gone = { resourceName: 'people/bo', deleted: true as const };
  expect(mergeContacts({ known: [person('bo', '1')], pages: [[gone], [gone]] }).deleted).toBe(1);
});

test('finds contacts with the same phone number, however it is written', () => {
  const { duplicates } = mergeContacts({
    known: [person('ada', '1', ['+1 555-0100']), person('bo', '1', ['0551'])],
    pages: [[person('a. lovelace', '1', ['+1 (555) 0100', ''])]],
  });
  expect(duplicates).toEqual([['people/a. lovelace', 'people/ada']]);
});
