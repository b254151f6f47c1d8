import { hasOccurrence } from '../calendar/occurrences.js';
import { useStandIns, type StartedStandIn } from '../spec-support/started-stand-in.js';

const FIELDS = { personFields: 'names,emailAddresses,phoneNumbers,birthdays,metadata', pageSize: 1000 };

/** Everything a user can read, as bytes. */
async function dump(standIn: StartedStandIn): Promise<string> {
  const answers = [
    await standIn.get('/v1/people/me/connections', { ...FIELDS, requestSyncToken: true }),
    await standIn.get('/calendar/v3/users/me/calendarList'),
    await standIn.get('/calendar/v3/calendars/primary/events', { maxResults: 2500 }),
  ];
  return JSON.stringify([standIn.users, standIn.grant('ben@example.com'), answers.map(({ body }) => body)]);
}

/** Several stand-ins start in each, on a machine that may be busy. */
const TIMEOUT_MS = 30_000;

describe('generated data', () => {
  const start = useStandIns();

  it(
    'is the same for the same seed, tokens included',
    async () => {
      const [one, other] = [await dump(await start()), await dump(await start())];
      expect(one).toBe(other);
      expect(one.length).toBeGreaterThan(10_000);
    },
    TIMEOUT_MS,
  );

  it(
    'is another one for another seed, and moves with the day',
    async () => {
      const one = await dump(await start());
      expect(await dump(await start({ seed: 8 }))).not.toBe(one);
      expect(await dump(await start({ now: () => new Date('2026-10-20T12:00:00Z') }))).not.toBe(one);
    },
    TIMEOUT_MS,
  );

  it(
    'changes nothing for one user when another one is added',
    async () => {
      const first = { email: 'anna@example.com', contacts: 30, events: 5 };
      const contactsOf = async (standIn: StartedStandIn) =>
        (await standIn.get('/v1/people/me/connections', FIELDS)).body.connections;
      const alone = await contactsOf(await start({ users: [first] }));
      const together = await start({ users: [first, { email: 'c@example.com', contacts: 500, events: 0 }] });
      expect(await contactsOf(together)).toEqual(alone);
    },
    TIMEOUT_MS,
  );

  it.each(['2026-03-16', '2026-08-31', '2027-01-01', '2028-02-29'])(
    'has series whose first instance is where they start, on %s too',
    async (day) => {
      const standIn = await start({ now: () => new Date(`${day}T12:00:00Z`) });
      const { items } = (await standIn.get('/calendar/v3/calendars/primary/events', { maxResults: 2500 }))
        .body;
      const masters = items.filter(({ recurrence }) => recurrence);
      expect(masters).toHaveLength(10);
      for (const master of masters)
        expect([master.summary, hasOccurrence(master, master.start!)]).toEqual([master.summary, true]);
    },
  );

  it('holds what clients trip over', async () => {
    const standIn = await start({ users: [{ email: 'anna@example.com' }] });
    const { connections } = (await standIn.get('/v1/people/me/connections', FIELDS)).body;
    expect(connections).toHaveLength(300);
    expect(connections.some(({ names }) => names === undefined)).toBe(true);
    expect(connections.some(({ emailAddresses = [] }) => emailAddresses.length === 100)).toBe(true);
    const addresses = connections.flatMap(({ emailAddresses = [] }) =>
      emailAddresses.map(({ value }) => value),
    );
    expect(new Set(addresses).size).toBeLessThan(addresses.length);

    const { items } = (await standIn.get('/calendar/v3/calendars/primary/events', { maxResults: 2500 })).body;
    expect(new Set(items.map(({ start }) => start?.timeZone)).size).toBeGreaterThan(5);
    for (const has of [
      items.some(({ start }) => start?.date),
      items.some(({ transparency }) => transparency === 'transparent'),
      items.some(({ status }) => status === 'tentative'),
      items.some(({ recurringEventId, status }) => recurringEventId && status === 'cancelled'),
      items.some(({ recurringEventId, status }) => recurringEventId && status !== 'cancelled'),
      items.some(({ recurrence }) => recurrence?.some((line) => line.startsWith('EXDATE;TZID='))),
      items.some(({ recurrence }) => recurrence?.some((line) => line.startsWith('RDATE'))),
      items.some(({ attendees }) =>
        attendees?.some(({ self, responseStatus }) => self && responseStatus === 'declined'),
      ),
    ])
      expect(has).toBe(true);
  });
});
