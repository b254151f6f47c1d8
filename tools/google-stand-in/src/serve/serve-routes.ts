import type { Express, NextFunction, Request, Response } from 'express';
import type { StandInUser } from '../data/world.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import type { FaultRule } from '../faults/fault-rule.js';
import {
  faultRefusal,
  insufficientPermissions,
  invalidCredentials,
  tooManyRequests,
} from '../faults/fault-refusals.js';
import type { RateLimit } from '../faults/rate-limit.js';
import type { Grants } from '../oauth/grants.js';
import { Refusal, refusalBody, type Family } from './refusal.js';
import { showQuery, type RequestRecord } from './request-log.js';
import type { Answer, ApiRequest, Route } from './route.js';
import { sendAnswer } from './send-answer.js';

export interface ServeParts {
  readonly users: ReadonlyMap<string, StandInUser>;
  readonly grants: Grants;
  readonly faults: FaultPlan;
  readonly rateLimit: RateLimit;
  readonly requests: RequestRecord[];
  /** Aborted by stop(): slow answers are let go. */
  readonly signal: AbortSignal;
  /** Makes the tokens of the list that a request is about invalid. */
  readonly expireTokens: (
    kind: 'page' | 'sync',
    operation: string,
    userId: string,
    calendarId?: string,
  ) => void;
}

/** Puts the routes behind faults, authentication and the rate limit, and keeps the log. */
export function serveRoutes(app: Express, routes: readonly Route[], parts: ServeParts): void {
  for (const route of routes) {
    app[route.method](route.path, async (req: Request, res: Response) => {
      const { answer, record, fault } = handle(route, readRequest(req), parts);
      const at = parts.requests.push(record) - 1;
      const status = await sendAnswer(res, answer, fault, parts.signal);
      parts.requests[at] = { ...record, status };
    });
  }
  const refuse = (res: Response, status: number, reason: string, message: string): void => {
    const body = refusalBody('calendar', { status, reason, message });
    void sendAnswer(res, { status, body }, undefined, parts.signal);
  };
  app.use((req: Request, res: Response) =>
    refuse(res, 404, 'notFound', `Nothing is served at ${req.method} ${req.path}`),
  );
  // What cannot be read is the client's fault; anything else is ours and shall be seen.
  app.use((error: Error & { status?: number }, _: Request, res: Response, next: NextFunction) => {
    const { status = 500 } = error;
    if (status >= 400 && status < 500) refuse(res, status, 'badRequest', error.message);
    else next(error);
  });
}

function handle(
  route: Route,
  request: ApiRequest,
  parts: ServeParts,
): { answer: Answer; record: RequestRecord; fault?: FaultRule } {
  const bearer =
    /^Bearer (.+)$/i.exec(request.header('authorization') ?? '')?.[1] ?? request.query.get('access_token');
  const token = parts.grants.findAccessToken(bearer ?? '');
  const userId = route.open ? route.whose?.(request) : token?.grant.userId;
  const user = userId === undefined ? undefined : parts.users.get(userId);
  const calendarId = request.params['calendarId'];
  const fault = parts.faults.strike({
    operation: route.operation,
    carries: {
      access: token !== undefined,
      page: request.query.has('pageToken'),
      sync: request.query.has('syncToken'),
    },
    ...(user && { userId: user.id, email: user.email }),
    ...(calendarId !== undefined && { calendarId }),
  });

  const answerIt = (): Answer => {
    const refusal = fault && faultRefusal(fault, route.family);
    if (refusal) throw refusal;
    // The connection is about to be dropped before anything is done.
    if (fault?.kind === 'drop-before') return { status: 0 };
    if (fault?.kind === 'access-token-dies' && token) parts.grants.killAccessToken(token.token);
    if (fault && user && fault.kind === 'sync-token-expires')
      parts.expireTokens('sync', route.operation, user.id, calendarId);
    if (fault && user && fault.kind === 'page-token-expires')
      parts.expireTokens('page', route.operation, user.id, calendarId);
    if (route.open) return route.handle(request);

    if (!token || !user || !parts.grants.isAlive(token) || !parts.grants.findAccessToken(token.token))
      throw new Refusal(invalidCredentials());
    if (!route.scopes.some((scope) => token.scopes.includes(scope)))
      throw new Refusal(insufficientPermissions());
    const waitSeconds = parts.rateLimit.take(user.id);
    if (waitSeconds > 0)
      throw new Refusal({ ...tooManyRequests(), headers: { 'retry-after': String(Math.ceil(waitSeconds)) } });
    return route.handle({ ...request, user, scopes: token.scopes, accessToken: token.token });
  };

  const answer = settle(route.family, answerIt);
  return {
    answer,
    fault,
    record: {
      number: parts.requests.length + 1,
      method: request.method,
      path: request.path,
      operation: route.operation,
      ...(user && { userId: user.id }),
      query: showQuery(request.query),
      status: 0,
      ...(fault && { fault: fault.kind }),
    },
  };
}

function settle(family: Family, answerIt: () => Answer): Answer {
  try {
    return answerIt();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { details } = error;
    return { status: details.status, headers: details.headers, body: refusalBody(family, details) };
  }
}

function readRequest(req: Request): ApiRequest {
  const { searchParams } = new URL(req.originalUrl, 'http://stand-in');
  const text = typeof req.body === 'string' ? req.body : '';
  const isForm = /^application\/x-www-form-urlencoded/i.test(req.get('content-type') ?? '');
  return {
    method: req.method,
    path: req.path,
    params: req.params as Record<string, string>,
    query: searchParams,
    form: new URLSearchParams(isForm ? text : ''),
    get json() {
      if (isForm || text === '') return undefined;
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw new Refusal({ status: 400, reason: 'parseError', message: 'Parse Error' });
      }
    },
    header: (name) => req.get(name),
  };
}
