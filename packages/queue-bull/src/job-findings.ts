import {
  InvalidOptionError,
  InvalidPayloadError,
  parsePayload,
  resolveJobOptions,
  UNNAMED_JOB,
  UnknownJobNameError,
  type QueueDefinition,
} from '@switchyard/queue-contract';
import type { FoundKind } from './bull-finding.js';
import { storedData, type JobFields } from './bull-job.js';
import { fromBullBackoff, fromBullOptions } from './bull-options.js';
import type { BullJobOptions } from './bull-queue.js';

/** Options that the port says in words of its own, or that Bull writes for itself. */
const KNOWN_OPTIONS: ReadonlySet<string> = new Set<keyof BullJobOptions>([
  'jobId',
  'delay',
  'timestamp',
  'priority',
  'attempts',
  'backoff',
  'timeout',
  'lifo',
  'removeOnComplete',
  'removeOnFail',
  'debounce',
  'repeat',
  'prevMillis',
]);

/** What of one job that has yet to run the port or the declaration has no words for. */
export async function findInJob(
  definition: QueueDefinition,
  fields: JobFields,
): Promise<readonly FoundKind[]> {
  const options = readOptions(fields);
  if (!options || !isReadable(fields, options))
    return [{ kind: 'unreadable-job', what: fields['name'] ?? '' }];
  const found: FoundKind[] = [];
  const backoff = fromBullBackoff(options.backoff);
  if (backoff?.type === 'custom' && !definition.backoffDelayMs && (options.attempts ?? 1) > 1) {
    found.push({ kind: 'custom-backoff', what: String(options.backoff?.type) });
  }
  if (options.priority && !definition.priorities)
    found.push({ kind: 'undeclared-priority', what: 'priority' });
  for (const option of unknownOptions(options)) found.push({ kind: 'job-option', what: option });
  found.push(...refusedValues(definition, options));
  const refusal = await payloadRefusal(definition, fields, options);
  if (refusal) found.push(refusal);
  return found;
}

function unknownOptions(options: BullJobOptions): readonly string[] {
  const names = Object.entries(options).flatMap(([name, value]) =>
    KNOWN_OPTIONS.has(name) || value === undefined || value === null ? [] : [name],
  );
  const { backoff } = options;
  // What Bull hands to an app's own backoff function.
  const handed = typeof backoff === 'object' && backoff !== null && 'options' in backoff;
  return handed ? [...names, 'backoff.options'] : names;
}

/** One by one: the port tells of the first only. */
function refusedValues(
  { name, priorities = false }: QueueDefinition,
  stored: BullJobOptions,
): readonly FoundKind[] {
  const { attempts, timeout, delay } = stored;
  const options = {
    ...fromBullOptions(stored, priorities),
    attempts: attempts ?? undefined,
    timeoutMs: timeout || undefined,
    // Bull takes a negative one as none.
    delayMs: typeof delay === 'number' ? Math.max(0, delay) : (delay ?? undefined),
  };
  return Object.entries(options).flatMap(([option, value]) => {
    try {
      resolveJobOptions(`queue "${name}"`, {}, priorities, { [option]: value });
      return [];
    } catch (error) {
      if (error instanceof InvalidOptionError) return [{ kind: 'refused-option', what: error.message }];
      throw error;
    }
  });
}

async function payloadRefusal(
  definition: QueueDefinition,
  fields: JobFields,
  options: BullJobOptions,
): Promise<FoundKind | null> {
  const name = fields['name'] || UNNAMED_JOB;
  try {
    await parsePayload(definition, name, storedData(fields, options));
    return null;
  } catch (error) {
    if (error instanceof UnknownJobNameError) return { kind: 'undeclared-job-name', what: name };
    if (error instanceof InvalidPayloadError)
      return { kind: 'refused-payload', what: `${name}: ${error.problems}` };
    throw error;
  }
}

function readOptions({ opts }: JobFields): BullJobOptions | null {
  try {
    const options: unknown = JSON.parse(opts || '{}');
    return typeof options === 'object' && options !== null ? options : null;
  } catch {
    return null;
  }
}

function isReadable({ data }: JobFields, { preventParsingData }: BullJobOptions): boolean {
  if (preventParsingData) return true;
  try {
    JSON.parse(data || '{}');
    return true;
  } catch {
    return false;
  }
}
