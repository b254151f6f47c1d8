import fc from 'fast-check';
import type { GoogleStandIn } from '../index.js';
import { inTurn, readList } from '../spec-support/paging-client.js';
import { useStandIns, type Body, type StartedStandIn } from '../spec-support/started-stand-in.js';

const PATH = '/v1/people/me/connections';
const ANNA = 'anna@example.com';

/** A thousand requests or so, on a machine that may be busy. */
const TIMEOUT_MS = 60_000;

const CHANGES = ['add', 'change', 'delete', 'merge', 'relink', 'none'] as const;
const change = fc.record({ what: fc.constantFrom(...CHANGES), at: fc.nat(), other: fc.nat() });

describe('contacts that change while somebody pages', () => {
  const start = useStandIns();

  it(
    'are neither missed nor invented once the lists of changes are in',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(change, { maxLength: 20 }),
          fc.integer({ min: 3, max: 12 }),
          fc.constantFrom('previous-names' as const, 'deleted' as const, 'both' as const),
          async (changes, pageSize, reported) => {
            const standIn = await start({ users: [{ email: ANNA, contacts: 24, events: 0, series: false }] });
            const truth = await currentContacts(standIn);
            const query = { personFields: 'names,emailAddresses,metadata', pageSize, requestSyncToken: true };
            const disturb = inTurn(changes, ({ what, at, other }) => {
              const names = [...truth];
              const [one, another] = [names[at % names.length], names[other % names.length]];
              if (what === 'add')
                truth.add(standIn.addContact(ANNA, { names: [{ displayName: `new ${at}` }] }));
              if (!one || !another) return;
              if (what === 'change')
                standIn.changeContact(ANNA, one, { names: [{ displayName: `changed ${other}` }] });
              if (what === 'delete') {
                standIn.deleteContact(ANNA, one);
                truth.delete(one);
              }
              if (what === 'merge' && one !== another) {
                standIn.mergeContacts(ANNA, one, [another], reported);
                truth.delete(another);
              }
              if (what === 'relink') {
                truth.delete(one);
                truth.add(standIn.relinkContact(ANNA, one));
              }
            });

            const known = new Map<string, string>();
            const apply = ({ connections = [] }: Partial<Body>): void => {
              for (const { resourceName, etag, metadata } of connections) {
                for (const former of metadata?.previousResourceNames ?? []) known.delete(former);
                if (metadata?.deleted) known.delete(resourceName!);
                else known.set(resourceName!, etag!);
              }
            };
            let syncToken: string | undefined;
            for (let round = 0; round < 3; round += 1)
              syncToken = await readList(standIn, PATH, { ...query, syncToken }, apply, disturb);
            await readList(standIn, PATH, { ...query, syncToken }, apply);

            expect([...known].sort()).toEqual([...(await contactsWithEtags(standIn))].sort());
            expect([...known.keys()].sort()).toEqual([...truth].sort());
            await standIn.stop();
          },
        ),
        { seed: 20_260_316, numRuns: 12 },
      );
    },
    TIMEOUT_MS,
  );
});

async function contactsWithEtags(standIn: StartedStandIn): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  await readList(
    standIn,
    PATH,
    { personFields: 'names', pageSize: 1000 },
    ({ connections = [] }: Partial<Body>) => {
      for (const { resourceName, etag } of connections) all.set(resourceName!, etag!);
    },
  );
  return all;
}

const currentContacts = async (standIn: GoogleStandIn & StartedStandIn): Promise<Set<string>> =>
  new Set((await contactsWithEtags(standIn)).keys());
