// Takes the lock of a folder, says what became of it, and stays until it is killed: node lock-folder.mjs FOLDER
import { lockFolder } from '../src/engine/folder-lock.ts';

process.stdin.resume();
const answer = await lockFolder(process.argv[2]).then(
  () => 'locked',
  (error) => error.code,
);
process.stdout.write(`${answer}\n`);
