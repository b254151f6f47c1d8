import type { KeptFailure } from './errors.js';

const MAX_LENGTH = 500;

/** What is kept of whatever was thrown; of what is neither an error nor a string, only that it was thrown. */
export function keptFailure(error: unknown): KeptFailure {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: typeof error === 'string' ? cut(error) : `a thrown ${typeof error}` };
  }
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    name: cut(error.name),
    message: cut(error.message),
    ...(typeof code === 'string' && { code: cut(code) }),
  };
}

const cut = (text: string) => (text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1)}…`);
