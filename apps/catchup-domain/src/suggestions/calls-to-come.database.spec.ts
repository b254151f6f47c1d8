import { dumpTables } from '@switchyard/catchup-data/testing';
import { DATABASE_KINDS } from '../spec-support/databases.js';
import { DAY_MS, HOUR_MS, MONDAY, startDayLab, type DayLab } from '../spec-support/day-lab.js';

describe.each(DATABASE_KINDS)('calls to come on the %s database', (kind) => {
  let lab: DayLab;
  beforeAll(async () => void (lab = await startDayLab(kind)));
  afterAll(() => lab.stop());
  beforeEach(() => lab.setNow(MONDAY));

  it('in the middle of the call hours nobody is to call this very moment', async () => {
    // 13:03:27 in Berlin.
    lab.setNow(new Date(MONDAY.getTime() + 5 * HOUR_MS + 207_000));
    const user = await lab.addUser();
    await lab.addFriends(user, { Bea: 40, Cem: 30 });
    const { created } = await lab.suggestions.generate(user.id);
    expect(created.map(({ slotStartAt }) => slotStartAt.toISOString())).toEqual([
      '2026-03-02T12:45:00.000Z',
      '2026-03-02T13:15:00.000Z',
    ]);
    const before = await dumpTables(lab.data);
    for (const minutes of [0, 20, 21]) {
      lab.pass(minutes * 60_000);
      expect(await lab.suggestions.generate(user.id)).toMatchObject({
        created: [],
        updated: [],
        unchanged: 2,
        expired: [],
      });
    }
    expect(await dumpTables(lab.data)).toEqual(before);
  });

  it('of two contacts that become one, one call is left', async () => {
    const user = await lab.addUser();
    await lab.addFriends(user, { Bea: 40, Beatrice: 30 });
    await lab.suggestions.generate(user.id);
    await lab.data.suggestions.moveToContact(`${user.id} Beatrice`, `${user.id} Bea`, lab.now());
    await lab.data.contacts.markDeleted([`${user.id} Beatrice`], lab.now());
    expect(await lab.suggestions.generate(user.id)).toMatchObject({
      created: [],
      unchanged: 1,
      expired: [{ because: 'said-already' }],
    });
    expect(await lab.pendingOf(user)).toHaveLength(1);
    const before = await dumpTables(lab.data);
    await lab.suggestions.generate(user.id);
    expect(await dumpTables(lab.data)).toEqual(before);
  });

  it('a contact that parts again is suggested like any other', async () => {
    const user = await lab.addUser();
    await lab.addFriends(user, { Bea: 40, Beatrice: 30 });
    await lab.suggestions.generate(user.id);
    await lab.data.suggestions.moveToContact(`${user.id} Beatrice`, `${user.id} Bea`, lab.now());
    await lab.suggestions.generate(user.id);
    expect((await lab.pendingOf(user)).map(({ contactId }) => contactId).sort()).toEqual([
      `${user.id} Bea`,
      `${user.id} Beatrice`,
    ]);
  });

  it('one that nobody answered counts at once, so that the next run changes nothing', async () => {
    const user = await lab.addUser({ preferences: { maxSuggestionsPerWeek: 2 } });
    await lab.addFriends(user, { Bea: 20, Cem: 19 });
    await lab.suggestions.generate(user.id);
    lab.pass(2 * DAY_MS);
    expect(await lab.suggestions.generate(user.id)).toMatchObject({ created: [], expired: [{}, {}] });
    lab.pass(6 * DAY_MS);
    expect((await lab.suggestions.generate(user.id)).created).toHaveLength(2);
    lab.pass(8 * DAY_MS);
    const { created, expired } = await lab.suggestions.generate(user.id);
    expect([created.length, expired.length]).toEqual([2, 2]);
    const before = await dumpTables(lab.data);
    expect(await lab.suggestions.generate(user.id)).toMatchObject({ created: [], updated: [], unchanged: 2 });
    expect(await dumpTables(lab.data)).toEqual(before);
  });

  it('nobody is suggested to whom no call is to be suggested, and what was is withdrawn', async () => {
    const user = await lab.addUser();
    await lab.addFriends(user, { Bea: 40 });
    await lab.suggestions.generate(user.id);
    await lab.data.users.save({ ...user, preferences: { maxSuggestionsPerWeek: 0 } });
    expect(await lab.suggestions.generate(user.id)).toMatchObject({ created: [], expired: [{}] });
    expect(await lab.suggestions.generate(user.id)).toMatchObject({ created: [], expired: [] });
  });

  it('no more in a week than the user wants, whatever becomes of them', async () => {
    const user = await lab.addUser({ preferences: { maxSuggestionsPerWeek: 2 } });
    await lab.addFriends(user, { Bea: 40, Cem: 39, Dora: 38, Emil: 37 });
    let made = 0;
    for (let day = 0; day < 7; day++) {
      const { created } = await lab.suggestions.generate(user.id);
      made += created.length;
      for (const { id } of created) await lab.suggestions.decide(user.id, id, 'dismissed');
      lab.pass(DAY_MS - 1);
    }
    expect(made).toBe(2);
  });
});
