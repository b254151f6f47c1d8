import { useStandIns } from '../spec-support/started-stand-in.js';

const ANNA = 'anna@example.com';

describe('the control path', () => {
  const start = useStandIns();
  const call = async (url: string, method: string, ...args: readonly unknown[]) => {
    const response = await fetch(`${url}/_control/${method}`, { method: 'POST', body: JSON.stringify(args) });
    return { status: response.status, ...((await response.json()) as { result?: unknown; error?: object }) };
  };

  it('refuses what is not there, what is wrong, and to stop', async () => {
    const { url } = await start();
    expect((await call(url, 'stop')).status).toBe(404);
    expect((await fetch(`${url}/_control/stop`)).status).toBe(404);
    expect(await call(url, 'deleteContact', ANNA, 'people/c0')).toMatchObject({
      status: 400,
      error: { code: 'ERR_GOOGLE_STAND_IN_NOTHING_THERE' },
    });
    expect((await call(url, 'setFaults', [{ kind: 'fire' }])).error).toMatchObject({
      code: 'ERR_GOOGLE_STAND_IN_OPTION',
    });
    const noArray = await fetch(`${url}/_control/grant`, { method: 'POST', body: '{}' });
    expect(noArray.status).toBe(400);
  });

  it('does what the methods do, out of reach of faults and log', async () => {
    const standIn = await start();
    const { url } = standIn;
    await call(url, 'setFaults', [{ kind: 'unavailable' }]);
    expect((await standIn.get('/v3/userinfo')).status).toBe(503);
    await call(url, 'setFaults', []);
    const added = await call(url, 'addContact', ANNA, { names: [{ displayName: 'New' }] });
    const { result: tokens } = (await call(url, 'grant', ANNA)) as { result: { accessToken: string } };
    const person = await fetch(`${url}/v1/${added.result as string}?personFields=names`, {
      headers: { authorization: `Bearer ${tokens.accessToken}` },
    });
    expect(await person.json()).toMatchObject({ names: [{ displayName: 'New' }] });
    const log = (await (await fetch(`${url}/_control/requests`)).json()) as { result: readonly unknown[] };
    expect(log.result).toEqual(standIn.requests);
    expect(log.result).toHaveLength(2);
    expect(JSON.stringify(log)).not.toContain(tokens.accessToken);
  });
});
