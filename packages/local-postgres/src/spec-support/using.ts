import pg from 'pg';

/** A client that outlives its server without a word; whoever asked for it ends it. */
export async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Connects for as long as the body runs. */
export async function using<T>(url: string, body: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connected(url);
  try {
    return await body(client);
  } finally {
    await client.end();
  }
}
