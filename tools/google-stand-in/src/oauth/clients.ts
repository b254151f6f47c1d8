export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Compared character by character. */
  readonly redirectUris: readonly string[];
}

export type OAuthClients = ReturnType<typeof createOAuthClients>;

export function createOAuthClients(initial: readonly OAuthClient[]) {
  const clients = new Map(initial.map((client) => [client.clientId, client]));
  return {
    find: (clientId: string | null): OAuthClient | undefined => clients.get(clientId ?? ''),
    addRedirectUri(clientId: string, redirectUri: string): void {
      const client = clients.get(clientId);
      if (!client) throw new RangeError(`no OAuth client has the id "${clientId}"`);
      clients.set(clientId, { ...client, redirectUris: [...client.redirectUris, redirectUri] });
    },
  };
}
