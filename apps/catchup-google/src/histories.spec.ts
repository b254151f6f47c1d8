import type { FaultKind, FaultRule } from '@switchyard/google-stand-in';
import fc from 'fast-check';
import {
  GoogleUnauthorizedError,
  GoogleUnavailableError,
  MalformedAnswerError,
  PageTokenInvalidError,
  SyncTokenExpiredError,
} from './index.js';
import { startLab, type Lab } from './spec-support/lab.js';

/** What a reader keeps: the etag of each item, and the token of the last complete listing. */
interface Copy {
  readonly etags: Map<string, string>;
  syncToken: string | undefined;
}

interface Page {
  readonly nextSyncToken?: string;
  readonly entries: readonly { readonly id: string; readonly etag: string; readonly isDeleted: boolean }[];
}

type Lister = (syncToken: string | undefined) => AsyncIterable<Page>;

/**
 * Follows a list as a service would: an old sync token means everything anew, a page token that died in the middle or a
 * budget that was used up means the same listing again. What a full listing did not have is gone.
 */
async function follow(copy: Copy, list: Lister, betweenPages: () => void): Promise<void> {
  for (let listings = 0; listings < 50; listings++) {
    const isFull = copy.syncToken === undefined;
    const seen = new Set<string>();
    try {
      for await (const { entries, nextSyncToken } of list(copy.syncToken)) {
        for (const { id, etag, isDeleted } of entries) {
          if (isDeleted) copy.etags.delete(id);
          else copy.etags.set(id, etag);
          seen.add(id);
        }
        if (nextSyncToken !== undefined) {
          if (isFull) for (const id of copy.etags.keys()) if (!seen.has(id)) copy.etags.delete(id);
          copy.syncToken = nextSyncToken;
          return;
        }
        betweenPages();
      }
    } catch (error) {
      if (error instanceof SyncTokenExpiredError) copy.syncToken = undefined;
      else if (!COMES_AGAIN.some((again) => error instanceof again)) throw error;
    }
  }
  throw new Error('it went on for too long');
}

const COMES_AGAIN = [
  PageTokenInvalidError,
  GoogleUnavailableError,
  GoogleUnauthorizedError,
  MalformedAnswerError,
];

const PASSING: readonly FaultKind[] = [
  'rate-limit-exceeded',
  'too-many-requests',
  'internal-error',
  'html-error-page',
  'drop-before',
  'drop-after',
  'truncated-json',
  'cut-off',
  'access-token-dies',
  'sync-token-expires',
  'page-token-expires',
];

const faults = fc.array(
  fc.record({
    kind: fc.constantFrom(...PASSING),
    skip: fc.nat({ max: 4 }),
    times: fc.integer({ min: 1, max: 2 }),
  }),
  { maxLength: 4 },
);
const changes = fc.array(fc.constantFrom('add', 'change', 'delete'), { maxLength: 4 });
const rounds = fc.array(fc.record({ faults, before: changes, during: changes }), {
  minLength: 1,
  maxLength: 4,
});

/** A list of the stand-in's, and how it is changed. */
interface Subject {
  readonly operation: string;
  readonly list: (lab: Lab) => Lister;
  readonly add: (lab: Lab, n: number) => string;
  readonly change: (lab: Lab, id: string, n: number) => void;
  readonly remove: (lab: Lab, id: string) => void;
}

const PEOPLE: Subject = {
  operation: 'people.connections.list',
  list: ({ google, accountId }) =>
    async function* (syncToken) {
      const options = { fields: ['names', 'metadata'], pageSize: 4, syncToken };
      for await (const { people, nextSyncToken } of google.people.listPages(accountId, options))
        yield {
          nextSyncToken,
          entries: people.map(({ resourceName, etag, metadata }) => ({
            id: resourceName as string,
            etag: etag ?? '',
            isDeleted: metadata?.deleted === true,
          })),
        };
    },
  add: ({ standIn, accountId }, n) => standIn.addContact(accountId, { names: [{ givenName: `New ${n}` }] }),
  change: ({ standIn, accountId }, id, n) =>
    standIn.changeContact(accountId, id, { names: [{ givenName: `Other ${n}` }] }),
  remove: ({ standIn, accountId }, id) => standIn.deleteContact(accountId, id),
};

const EVENTS: Subject = {
  operation: 'calendar.events.list',
  list: ({ google, accountId }) =>
    async function* (syncToken) {
      const pages = google.calendar.listEventPages(accountId, 'primary', { pageSize: 4, syncToken });
      for await (const { items, nextSyncToken } of pages)
        yield {
          nextSyncToken,
          entries: items.map(({ id, etag, status }) => ({
            id: id as string,
            etag: etag ?? '',
            isDeleted: status === 'cancelled',
          })),
        };
    },
  add: ({ standIn, accountId }, n) => standIn.addEvent(accountId, { summary: `New ${n}`, ...AT }),
  change: ({ standIn, accountId }, id, n) => standIn.changeEvent(accountId, id, { summary: `Other ${n}` }),
  remove: ({ standIn, accountId }, id) => standIn.deleteEvent(accountId, id),
};

const AT = { start: { dateTime: '2026-12-01T12:00:00Z' }, end: { dateTime: '2026-12-01T13:00:00Z' } };

describe.each([
  ['address books', PEOPLE],
  ['calendars', EVENTS],
])('%s', (_name, { operation, list, add, change, remove }) => {
  test('whatever changes and fails while it is listed, in the end it is as it is at Google', async () => {
    const lab = await startLab(
      {},
      { users: [{ email: 'anna@example.com', contacts: 10, events: 10, series: false }] },
    );
    try {
      await fc.assert(
        fc.asyncProperty(rounds, async (history) => {
          const copy: Copy = { etags: new Map(), syncToken: undefined };
          const own: string[] = [];
          let n = 0;
          const apply = (kind: 'add' | 'change' | 'delete'): void => {
            const id = own[n++ % (own.length || 1)];
            if (kind === 'add' || id === undefined) own.push(add(lab, n));
            else if (kind === 'change') change(lab, id, n);
            else remove(lab, own.splice(own.indexOf(id), 1)[0] as string);
          };
          for (const { faults: rules, before, during } of history) {
            before.forEach(apply);
            lab.standIn.setFaults(rules.map((rule): FaultRule => ({ ...rule, operation })));
            const left = [...during];
            await follow(copy, list(lab), () => {
              const kind = left.shift();
              if (kind) apply(kind);
            });
          }
          lab.standIn.setFaults([]);
          await follow(copy, list(lab), () => undefined);
          const fresh: Copy = { etags: new Map(), syncToken: undefined };
          await follow(fresh, list(lab), () => undefined);
          expect(Object.fromEntries(copy.etags)).toEqual(Object.fromEntries(fresh.etags));
          expect(own.every((id) => copy.etags.has(id))).toBe(true);
          for (const id of own) remove(lab, id);
        }),
        { numRuns: 20, seed: 20261120 },
      );
    } finally {
      await lab.stop();
    }
  });
});

test('of calls whose token dies at any time, each refused token is replaced once', async () => {
  const lab = await startLab();
  const { google, standIn, accountId } = lab;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 2, maxLength: 8 }), async (deaths) => {
      const before = lab.renewals();
      let died = 0;
      await Promise.all(
        deaths.map(async (dies) => {
          for await (const _page of google.people.listPages(accountId, { fields: ['names'], pageSize: 10 }))
            if (dies && died === 0) {
              died++;
              standIn.killAccessTokens(accountId);
            }
        }),
      );
      expect(lab.renewals() - before).toBe(died);
    }),
    { numRuns: 15, seed: 20261120 },
  );
  await lab.stop();
});
