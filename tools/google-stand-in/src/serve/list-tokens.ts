import { createHmac } from 'node:crypto';

/** What a page or sync token holds. Nothing is kept on the server, so that a token outlives any number of others. */
export interface ListPosition {
  readonly kind: 'page' | 'sync';
  /** Whose list of what: a token is of no use for another one. */
  readonly resource: string;
  /** The parameters of the first request, as one text. */
  readonly parameters: string;
  /** The version the list starts above; 0 for a full list. */
  readonly sinceVersion: number;
  /** The version at the first page: where the next incremental list starts. */
  readonly untilVersion: number;
  /** The key of the last item sent. */
  readonly after?: readonly (string | number)[];
  /** When the full list began, in milliseconds since 1970. */
  readonly fullListMs: number;
}

export interface ListTokens {
  issue(position: ListPosition): string;
  /** Undefined for what was never issued for this kind and resource, was tampered with or declared expired. */
  read(token: string, kind: ListPosition['kind'], resource: string): ListPosition | undefined;
  /** Tokens issued so far for this resource, or for all that begin like it if it ends in `:`, are dead from now on. */
  expire(kind: ListPosition['kind'], resource: string): void;
}

export function createListTokens(seed: number): ListTokens {
  let issued = 0;
  const expired: { kind: ListPosition['kind']; of: string; issuedUpTo: number }[] = [];
  const seal = (payload: string): string =>
    createHmac('sha256', `list-tokens ${seed}`).update(payload).digest('base64url').slice(0, 12);

  return {
    issue(position) {
      issued += 1;
      const payload = Buffer.from(JSON.stringify({ ...position, number: issued })).toString('base64url');
      return `${seal(payload)}${payload}`;
    },
    read(token, kind, resource) {
      const payload = token.slice(12);
      if (payload === '' || token.slice(0, 12) !== seal(payload)) return undefined;
      const position = JSON.parse(Buffer.from(payload, 'base64url').toString()) as ListPosition & {
        number: number;
      };
      if (position.kind !== kind || position.resource !== resource) return undefined;
      const dead = expired.some(
        (one) =>
          one.kind === kind &&
          position.number <= one.issuedUpTo &&
          (one.of === resource || (one.of.endsWith(':') && resource.startsWith(one.of))),
      );
      return dead ? undefined : position;
    },
    expire(kind, of) {
      expired.push({ kind, of, issuedUpTo: issued });
    },
  };
}
