import type { calendar_v3 } from '@googleapis/calendar';
import type { people_v1 } from '@googleapis/people';
import { startGoogleStandIn, type GoogleStandIn, type GoogleStandInOptions } from '../index.js';

/** Small enough to be quick; the first contacts are the hostile ones. */
export const SMALL_USERS = [
  { email: 'anna@example.com', name: 'Anna Berger', contacts: 40, events: 20 },
  {
    email: 'ben@example.com',
    name: 'Ben Carter',
    timeZone: 'America/New_York',
    contacts: 25,
    events: 10,
    series: false,
  },
] as const;

/** Between both changes of clocks of spring, so that series around it cross them. */
export const NOW = new Date('2026-03-16T12:00:00Z');

export interface StartedStandIn extends GoogleStandIn {
  /** A GET with the user's access token (of the first user by default); query values that are undefined are left out. */
  get(
    path: string,
    query?: Readonly<Record<string, string | number | boolean | undefined>>,
    user?: string,
  ): Promise<{ readonly status: number; readonly body: Body; readonly headers: Headers }>;
  post(
    path: string,
    body?: unknown,
    user?: string,
  ): Promise<{ readonly status: number; readonly body: Body }>;
}

/** The answers of all endpoints in one shape: a spec reads what it asked for. */
export interface Body
  extends people_v1.Schema$ListConnectionsResponse, Omit<calendar_v3.Schema$Events, 'items'> {
  readonly connections: people_v1.Schema$Person[];
  readonly items: calendar_v3.Schema$Event[];
  readonly nextPageToken?: string;
  readonly nextSyncToken?: string;
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly status?: string;
    readonly details?: readonly unknown[];
    readonly errors?: readonly {
      readonly domain: string;
      readonly reason: string;
      readonly message: string;
    }[];
  };
}

/** Starts stand-ins for the specs of a file and stops them after each. */
export function useStandIns(): (options?: GoogleStandInOptions) => Promise<StartedStandIn> {
  const started: GoogleStandIn[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((one) => one.stop()));
  });
  return async (options = {}) => {
    const standIn = await startGoogleStandIn({ seed: 7, users: SMALL_USERS, now: () => NOW, ...options });
    started.push(standIn);
    const tokens = new Map<string, string>();
    const tokenOf = (user: string): string => {
      const token = tokens.get(user) ?? standIn.grant(user).accessToken;
      tokens.set(user, token);
      return token;
    };
    const send = async (method: string, url: URL, user: string, body?: unknown) => {
      const response = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${tokenOf(user)}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') ?? false;
      return {
        status: response.status,
        headers: response.headers,
        body: (isJson ? JSON.parse(text) : text) as Body,
      };
    };
    const first = standIn.users[0]!.email;
    return Object.assign(standIn, {
      get(path: string, query = {}, user = first) {
        const url = new URL(path, standIn.url);
        for (const [name, value] of Object.entries(query))
          if (value !== undefined) url.searchParams.set(name, String(value));
        return send('GET', url, user);
      },
      post: (path: string, body: unknown = {}, user = first) =>
        send('POST', new URL(path, standIn.url), user, body),
    } satisfies Pick<StartedStandIn, 'get' | 'post'>);
  };
}
