import calendarApi from '@googleapis/calendar';
import peopleApi from '@googleapis/people';
import { HOLIDAYS_CALENDAR_ID } from '../index.js';
import { useStandIns, type StartedStandIn } from '../spec-support/started-stand-in.js';

describe("Google's own clients", () => {
  const start = useStandIns();
  const clientsOf = (standIn: StartedStandIn) => {
    const headers = { authorization: `Bearer ${standIn.grant('anna@example.com').accessToken}` };
    const options = { rootUrl: `${standIn.url}/`, headers, retry: false };
    return {
      people: peopleApi.people({ version: 'v1', ...options }),
      calendar: calendarApi.calendar({ version: 'v3', ...options }),
    };
  };

  it('see refusals as they do at Google', async () => {
    const standIn = await start();
    const { people, calendar } = clientsOf(standIn);
    await expect(people.people.connections.list({ resourceName: 'people/me' })).rejects.toMatchObject({
      status: 400,
    });
    await expect(calendar.events.list({ calendarId: 'nobody@example.com' })).rejects.toMatchObject({
      status: 404,
      message: 'Not Found',
    });
  });

  it('read contacts, and calendars with signs in their ids', async () => {
    const { people, calendar } = clientsOf(await start());
    const list = { resourceName: 'people/me', personFields: 'names,metadata', pageSize: 1000 };
    expect((await people.people.connections.list(list)).data.connections).toHaveLength(40);
    const { data } = await calendar.calendarList.list();
    expect(data.items!.map(({ id }) => id)).toContain(HOLIDAYS_CALENDAR_ID);
    const holidays = await calendar.events.list({ calendarId: HOLIDAYS_CALENDAR_ID, maxResults: 10 });
    expect(holidays.data).toMatchObject({ accessRole: 'reader', summary: 'Holidays in Germany' });
    expect(holidays.data.items).toHaveLength(10);
    expect(holidays.data.nextPageToken).toEqual(expect.any(String));
  });

  it('watch and stop', async () => {
    const standIn = await start();
    const { calendar } = clientsOf(standIn);
    const requestBody = { id: 'one', type: 'web_hook', address: 'http://127.0.0.1:9/push' };
    const { data } = await calendar.events.watch({ calendarId: 'primary', requestBody });
    expect(standIn.channels()).toHaveLength(1);
    await calendar.channels.stop({ requestBody: { id: 'one', resourceId: data.resourceId } });
    expect(standIn.channels()).toHaveLength(0);
  });
});
