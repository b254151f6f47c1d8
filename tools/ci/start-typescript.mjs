// Given to a child process of a spec with `--import`: it runs the workspace's TypeScript as it is, on every Node that the
// project supports.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
