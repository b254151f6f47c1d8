#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { startGoogleStandIn } from './start-google-stand-in.js';

const USAGE = 'usage: google-stand-in [--seed 1] [--port 0] [--user <email>]… [--redirect-uri <uri>]…';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    port: { type: 'string', default: '0' },
    user: { type: 'string', multiple: true },
    'redirect-uri': { type: 'string', multiple: true },
    help: { type: 'boolean' },
  },
});

if (values.help) console.log(USAGE);
else {
  const standIn = await startGoogleStandIn({
    seed: Number(values.seed),
    port: Number(values.port),
    ...(values.user && { users: values.user.map((email) => ({ email })) }),
  });
  for (const uri of values['redirect-uri'] ?? []) standIn.addRedirectUri(uri);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void standIn.stop());
  // One line of JSON: whoever started it reads the address from it.
  console.log(JSON.stringify({ url: standIn.url, users: standIn.users, client: standIn.client }));
}
