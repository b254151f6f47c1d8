export type { Check } from './checks.js';
export { Interrupted, runCommand, type CommandParts, type Output } from './run-command.js';
export type { WorldResult } from './run-world.js';
export type { RowCounts } from './show-tables.js';
