import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';

/** An app that keeps count of what comes to it. */
export interface RecordingApp {
  readonly app: Express;
  /** Requests that its handler was given, behind all middleware. */
  readonly handled: number;
  /** What its error handler was given. */
  readonly errors: readonly unknown[];
}

export function recordingApp(...middleware: RequestHandler[]): RecordingApp {
  const errors: unknown[] = [];
  let handled = 0;
  const handle: RequestHandler = (_request, response) => {
    handled += 1;
    response.send('handled');
  };
  const keepError: ErrorRequestHandler = (error, _request, response, _next) => {
    errors.push(error);
    response.status(500).end();
  };
  const app = express()
    .use(...middleware, handle)
    .use(keepError);
  return {
    app,
    errors,
    get handled() {
      return handled;
    },
  };
}
