import type { ClaimToken } from './claim-record.js';

/** Tokens of claims that may be in Redis although their caller was told of a failure: nobody holds them. */
export interface UnansweredClaims {
  remember(token: ClaimToken): void;
  /** Whether it is one of them; who is told so has it from then on. */
  adopt(token: ClaimToken): boolean;
}

/** Keeps the newest; whatever it forgets is given back by its lease. */
export function createUnansweredClaims(maxTokens = 10_000): UnansweredClaims {
  const tokens = new Set<ClaimToken>();
  return {
    remember(token) {
      tokens.add(token);
      if (tokens.size <= maxTokens) return;
      const [oldest] = tokens;
      if (oldest !== undefined) tokens.delete(oldest);
    },
    adopt: (token) => tokens.delete(token),
  };
}
