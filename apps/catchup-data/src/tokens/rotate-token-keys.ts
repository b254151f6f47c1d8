import { and, asc, count, eq, gt, ne } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import { oauthTokens, type OAuthTokenRow } from '../schema/oauth-tokens.js';
import type { Sealing } from './sealing.js';
import { tokenEnvelopes } from './token-envelopes.js';
import { UnknownTokenKeyError, UnreadableTokenError } from './token-errors.js';

export interface RotationOptions {
  /** Rows read at once, default 100. */
  readonly batchSize?: number;
  /** Stops between two rows; what was done stays, and the next call goes on from there. */
  readonly signal?: AbortSignal;
}

export interface RotationReport {
  /** Sealed with the current key now. */
  readonly rotated: number;
  /** Written by others meanwhile, and left to them. */
  readonly overtaken: number;
  /** What could not be opened, and stays as it is. */
  readonly unreadable: readonly { readonly accountId: string; readonly keyId: string }[];
  /** Rows that are still sealed with another key; an old one can go once this is 0. */
  readonly left: number;
}

const BATCH_SIZE = 100;

/** Seals all tokens with the current key that are sealed with another. Others may read and write meanwhile. */
export async function rotateTokenKeys(
  queries: Queries,
  sealing: Sealing,
  { batchSize = BATCH_SIZE, signal }: RotationOptions = {},
): Promise<RotationReport> {
  const isOld = ne(oauthTokens.keyId, sealing.currentKeyId);
  const unreadable: { accountId: string; keyId: string }[] = [];
  const tally = { rotated: 0, overtaken: 0 };
  for (let after = ''; ;) {
    const rows = await queries
      .select()
      .from(oauthTokens)
      .where(and(isOld, gt(oauthTokens.accountId, after)))
      .orderBy(asc(oauthTokens.accountId))
      .limit(batchSize);
    for (const row of rows) {
      signal?.throwIfAborted();
      const outcome = await rotate(queries, sealing, row);
      if (outcome === 'unreadable') unreadable.push({ accountId: row.accountId, keyId: row.keyId });
      else tally[outcome]++;
    }
    const last = rows.at(-1);
    if (!last) break;
    after = last.accountId;
  }
  const [remaining] = await queries.select({ rows: count() }).from(oauthTokens).where(isOld);
  return { ...tally, unreadable, left: remaining?.rows ?? 0 };
}

async function rotate(queries: Queries, sealing: Sealing, row: OAuthTokenRow) {
  const { seal, open } = tokenEnvelopes(sealing);
  let sealed;
  try {
    const { accessToken, refreshToken } = open(row);
    sealed = seal(row.accountId, accessToken, refreshToken);
  } catch (error) {
    if (error instanceof UnknownTokenKeyError || error instanceof UnreadableTokenError) return 'unreadable';
    throw error;
  }
  // The tokens are the same: no new version, and nothing that a refresh under way would notice.
  const rotated = await queries
    .update(oauthTokens)
    .set(sealed)
    .where(
      and(
        eq(oauthTokens.accountId, row.accountId),
        eq(oauthTokens.version, row.version),
        eq(oauthTokens.keyId, row.keyId),
      ),
    )
    .returning({ accountId: oauthTokens.accountId });
  return rotated.length > 0 ? 'rotated' : 'overtaken';
}
