import type { Data } from '../index.js';
import { describeOnBothDatabases } from '../spec-support/both-databases.js';
import { aContact, addAda, aSuggestion, LATER, NOW } from '../spec-support/rows.js';
import { dumpTables } from '../testing/dump-tables.js';

describeOnBothDatabases('suggestions', (open) => {
  let data: Data;
  beforeEach(async () => {
    data = await open();
    await addAda(data);
    await data.suggestions.add([aSuggestion('one', { score: 1 }), aSuggestion('two', { score: 2 })]);
  });
  const idsOf = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

  test('the same suggestion is made once', async () => {
    const before = await dumpTables(data);
    expect(await data.suggestions.add([aSuggestion('again', { dedupeKey: 'key-one', score: 9 })])).toEqual(
      [],
    );
    expect(await dumpTables(data)).toEqual(before);
    expect(idsOf(await data.suggestions.ofUser('ada'))).toEqual(['two', 'one']);
  });

  test('it is decided once, by one of many', async () => {
    const decided = await Promise.all(
      (['accepted', 'dismissed', 'accepted'] as const).map((as) => data.suggestions.decide('one', as, LATER)),
    );
    expect(decided.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await data.suggestions.decide('two', 'dismissed', LATER)).toMatchObject({
      status: 'dismissed',
      decidedAt: LATER,
    });
    expect(await data.suggestions.expire(['one', 'two'], LATER)).toEqual([]);
    expect(idsOf(await data.suggestions.ofUser('ada', 'dismissed'))).toContain('two');
  });

  test('only a pending one says something else, and only if it does', async () => {
    await data.suggestions.decide('two', 'accepted', NOW);
    const same = { id: 'one', score: 1, reasons: aSuggestion().reasons, slotStartAt: NOW, slotEndAt: LATER };
    const before = await dumpTables(data);
    expect(await data.suggestions.revise([same, { ...same, id: 'two', score: 7 }], LATER)).toEqual([]);
    expect(await dumpTables(data)).toEqual(before);
    const reasons = [{ code: 'birthday', points: 1, text: 'It is a birthday' }];
    expect(await data.suggestions.revise([{ ...same, reasons }], LATER)).toMatchObject([
      { id: 'one', reasons },
    ]);
  });

  test('what is over expires, once', async () => {
    expect(await data.suggestions.expireDue(NOW)).toEqual([]);
    expect(idsOf(await data.suggestions.expireDue(LATER)).sort()).toEqual(['one', 'two']);
    expect(await data.suggestions.expireDue(LATER)).toEqual([]);
  });

  test('each reminder is noted by one, and none after the decision', async () => {
    const [one] = await data.suggestions.ofUser('ada', 'pending');
    if (!one) throw new Error('nothing pending');
    const noted = await Promise.all([1, 2, 3].map(() => data.suggestions.noteReminded(one, LATER)));
    expect(noted.filter(Boolean)).toHaveLength(1);
    expect(await data.suggestions.get(one.id)).toMatchObject({ reminderCount: 1, lastRemindedAt: LATER });
    await data.suggestions.decide(one.id, 'accepted', LATER);
    expect(await data.suggestions.noteReminded({ ...one, reminderCount: 1 }, LATER)).toBe(false);
  });

  test('they go along when two contacts become one', async () => {
    await data.contacts.upsert([aContact('alan')]);
    expect(await data.suggestions.moveToContact('grace', 'alan', LATER)).toBe(2);
    expect(await data.suggestions.moveToContact('grace', 'alan', LATER)).toBe(0);
    expect(await data.suggestions.madeSince('ada', NOW)).toMatchObject(Array(2).fill({ contactId: 'alan' }));
    expect(await data.suggestions.madeSince('ada', LATER)).toEqual([]);
  });

  test('a score that is no number is refused', async () => {
    for (const score of [Number.NaN, Infinity])
      await expect(data.suggestions.add([aSuggestion('odd', { score })])).rejects.toMatchObject({
        sqlState: '23514',
      });
  });
});
