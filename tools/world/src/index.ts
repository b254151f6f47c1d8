export type { Check } from './checks.js';
export { createNarrator, type Narrator } from './narrator.js';
export { ArgumentError, readArguments, type WorldArguments } from './read-arguments.js';
export { runWorld, type WorldResult } from './run-world.js';
export type { RowCounts } from './show-tables.js';
