// Writes users into an embedded database, and says each one that is kept, until it is killed: node write-users.mjs FOLDER
import { DEVELOPMENT_TOKEN_KEY, openDatabase } from '../src/index.ts';

const now = new Date(0);
const data = await openDatabase({ dataFolder: process.argv[2], tokenKeys: [DEVELOPMENT_TOKEN_KEY] });
for (let n = 0; ; n++) {
  const id = `user-${n}`;
  await data.users.save({
    id,
    email: `${id}@example.org`,
    name: id,
    timeZone: 'UTC',
    createdAt: now,
    updatedAt: now,
  });
  process.stdout.write(`${id}\n`);
}
