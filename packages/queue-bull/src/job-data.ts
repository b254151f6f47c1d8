import { InvalidPayloadError } from '@switchyard/queue-contract';
import { asError } from './as-error.js';

/**
 * A payload as it is stored: JSON, in which `undefined` is `null`.
 *
 * @throws InvalidPayloadError for what JSON cannot carry
 */
export function toJson(queue: string, name: string, data: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(data === undefined ? null : data);
  } catch (error) {
    throw new InvalidPayloadError(queue, name, `no JSON: ${asError(error).message}`);
  }
  if (text === undefined) throw new InvalidPayloadError(queue, name, `no JSON: a ${typeof data}`);
  return text;
}

/**
 * What Bull is given as a job's data so that it stores `data` itself: it writes `{}` in place of `null`, `0`, `''`
 * and `false`, but asks what it writes how it looks in JSON.
 */
export function storableData(data: unknown): unknown {
  return data || { toJSON: () => data ?? null };
}
