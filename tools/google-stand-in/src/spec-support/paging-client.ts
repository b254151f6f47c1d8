import type { Body, StartedStandIn } from './started-stand-in.js';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Reads a list page by page, lets things happen between the pages, and answers with its sync token. */
export async function readList(
  standIn: StartedStandIn,
  path: string,
  query: Query,
  onPage: (body: Body) => void,
  betweenPages: () => void = () => undefined,
): Promise<string> {
  let pageToken: string | undefined;
  for (;;) {
    const { status, body } = await standIn.get(path, { ...query, pageToken });
    if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    onPage(body);
    betweenPages();
    if (!body.nextPageToken) return body.nextSyncToken!;
    pageToken = body.nextPageToken;
  }
}

/** Takes the next of a list of things to do; does nothing once they are used up. */
export function inTurn<T>(things: readonly T[], act: (thing: T) => void): () => void {
  const left = [...things];
  return () => {
    const next = left.shift();
    if (next !== undefined) act(next);
  };
}
