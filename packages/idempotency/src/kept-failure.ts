import type { KeptFailure } from './errors.js';

const MAX_LENGTH = 500;

/** What is kept of whatever was thrown; of what is neither an error nor a string, only that it was thrown. */
export function keptFailure(error: unknown): KeptFailure {
  if (!(error instanceof Error)) return { name: 'Error', message: textOf(error) };
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    name: textOf(error.name),
    message: textOf(error.message),
    ...(typeof code === 'string' && { code: textOf(code) }),
  };
}

function textOf(thrown: unknown): string {
  if (typeof thrown !== 'string') return `a thrown ${typeof thrown}`;
  return thrown.length <= MAX_LENGTH ? thrown : `${thrown.slice(0, MAX_LENGTH - 1)}…`;
}
