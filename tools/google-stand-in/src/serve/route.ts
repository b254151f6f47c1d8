import type { StandInUser } from '../data/world.js';
import type { Family } from './refusal.js';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed JSON body; undefined where there is none. */
  readonly json: unknown;
  /** The body of a form; empty where there is none. */
  readonly form: URLSearchParams;
  readonly header: (name: string) => string | undefined;
}

/** A request whose access token was looked at. */
export interface UserRequest extends ApiRequest {
  readonly user: StandInUser;
  readonly scopes: readonly string[];
  readonly accessToken: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; undefined sends no body, and a text is sent as it is. */
  readonly body?: unknown;
}

interface RouteBase {
  readonly method: 'get' | 'post' | 'patch' | 'put' | 'delete';
  /** In Express's notation. */
  readonly path: string;
  /** The method's name in Google's discovery documents: `people.connections.list`. Faults are aimed by it. */
  readonly operation: string;
  readonly family: Family;
}

export interface OpenRoute extends RouteBase {
  readonly open: true;
  handle(request: ApiRequest): Answer;
  /** Whose request it is, where the request itself tells: for the log and for faults. */
  whose?(request: ApiRequest): string | undefined;
}

export interface UserRoute extends RouteBase {
  readonly open?: false;
  /** One of them is enough. */
  readonly scopes: readonly string[];
  handle(request: UserRequest): Answer;
}

export type Route = OpenRoute | UserRoute;
