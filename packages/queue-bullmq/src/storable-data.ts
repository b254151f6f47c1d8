import { InvalidPayloadError } from '@switchyard/queue-contract';
import { asError } from './as-error.js';

/** A payload as it is stored: `undefined` is `null`, as in results. @throws InvalidPayloadError for what JSON cannot carry */
export function storableData(queue: string, name: string, data: unknown): unknown {
  if (data === undefined) return null;
  try {
    if (JSON.stringify(data) !== undefined) return data;
  } catch (error) {
    throw new InvalidPayloadError(queue, name, asError(error).message);
  }
  throw new InvalidPayloadError(queue, name, `a ${typeof data} is no JSON value`);
}
