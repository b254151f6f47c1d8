import type { Express, Request, Response } from 'express';
import type { GoogleStandIn } from '../google-stand-in.js';

/** What another process may call; everything but `stop`. */
const METHODS = [
  ...['addRedirectUri', 'setConsent', 'grant', 'revoke', 'killAccessTokens', 'setFaults', 'addFault'],
  ...['faultHits', 'expireSyncTokens', 'expirePageTokens', 'channels', 'silenceChannel', 'pushesSettled'],
  ...['addContact', 'changeContact', 'deleteContact', 'mergeContacts', 'relinkContact'],
  ...['addEvent', 'changeEvent', 'changeSeries', 'moveInstance', 'cancelInstance', 'deleteEvent'],
  ...['addCalendar', 'changeCalendarListEntry', 'removeCalendar', 'deleteCalendar'],
];
const PROPERTIES = ['users', 'client', 'requests', 'pushes'];

/**
 * The stand-in's own methods over HTTP, for processes other than the one that started it: `POST /_control/<method>`
 * with the arguments as a JSON array answers `{ "result": … }`, `GET /_control/<property>` likewise. Faults do not
 * strike here and nothing is logged.
 */
export function serveControl(app: Express, standIn: () => GoogleStandIn): void {
  const members = (): Readonly<Record<string, unknown>> => ({ ...standIn() });

  app.get('/_control/:property', (req: Request<{ property: string }>, res: Response) => {
    const { property } = req.params;
    if (!PROPERTIES.includes(property)) return refuse(res, 404, `known properties: ${PROPERTIES.join(', ')}`);
    return res.json({ result: members()[property] });
  });

  app.post('/_control/:method', async (req: Request<{ method: string }>, res: Response) => {
    const { method } = req.params;
    if (!METHODS.includes(method)) return refuse(res, 404, `known methods: ${METHODS.join(', ')}`);
    const call = members()[method] as (...args: readonly unknown[]) => unknown;
    try {
      const args = readArguments(req.body);
      return res.json({ result: (await call(...args)) ?? null });
    } catch (error) {
      const { code } = error as { code?: unknown };
      return refuse(res, 400, (error as Error).message, typeof code === 'string' ? code : undefined);
    }
  });
}

function readArguments(body: unknown): readonly unknown[] {
  const args: unknown = typeof body === 'string' && body !== '' ? JSON.parse(body) : [];
  if (!Array.isArray(args)) throw new TypeError('the body has to be a JSON array of arguments');
  return args as unknown[];
}

const refuse = (res: Response, status: number, message: string, code?: string): Response =>
  res.status(status).json({ error: { message, ...(code !== undefined && { code }) } });
