import { eq, lte } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import { oauthStates } from '../schema/oauth-states.js';
import type { Sealing } from '../tokens/sealing.js';
import { hashOf } from '../tokens/hash-of.js';

/** A sign-in on its way. The code verifier does not show where it is printed. */
export interface SignIn {
  readonly userId: string | null;
  readonly provider: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly returnTo: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface OAuthStateStore {
  /** @param state at least 128 random bits; only its hash is stored */
  put(state: string, signIn: SignIn): Promise<void>;
  /** Once: of any number of callers with the same state one gets it, within its time. */
  take(state: string, now: Date): Promise<SignIn | undefined>;
  /** @returns how many there were */
  removeExpired(now: Date): Promise<number>;
}

const placeOf = (stateHash: string) => ({ table: 'oauth_states', id: stateHash, field: 'code_verifier' });

export function createOAuthStateStore(queries: Queries, sealing: Sealing): OAuthStateStore {
  return {
    async put(state, { codeVerifier, scopes, ...rest }) {
      const stateHash = hashOf(state);
      const sealedCodeVerifier = sealing.seal(codeVerifier, placeOf(stateHash));
      await queries
        .insert(oauthStates)
        .values({ ...rest, scopes: [...scopes], stateHash, sealedCodeVerifier });
    },
    async take(state, now) {
      const [row] = await queries
        .delete(oauthStates)
        .where(eq(oauthStates.stateHash, hashOf(state)))
        .returning();
      if (!row || row.expiresAt <= now) return undefined;
      const { stateHash, sealedCodeVerifier, ...rest } = row;
      const codeVerifier = sealing.open(sealedCodeVerifier, placeOf(stateHash));
      return Object.defineProperty(rest, 'codeVerifier', { value: codeVerifier }) as unknown as SignIn;
    },
    async removeExpired(now) {
      const gone = await queries
        .delete(oauthStates)
        .where(lte(oauthStates.expiresAt, now))
        .returning({ expiresAt: oauthStates.expiresAt });
      return gone.length;
    },
  };
}
