import { InvalidPayloadError, UnknownJobNameError } from './errors.js';
import { payloadSchema } from './job-declaration.js';
import type { JobName, JobOutput, JobSchemas, QueueDefinition } from './queue-definition.js';
import { describeIssues } from './standard-schema.js';

/**
 * Checks a payload against the schema of its job name and answers what the schema makes of it.
 *
 * @throws InvalidPayloadError, UnknownJobNameError
 */
export async function parsePayload<S extends JobSchemas, N extends JobName<S>>(
  definition: QueueDefinition<S>,
  name: N | string,
  data: unknown,
): Promise<JobOutput<S, N>> {
  // An array of one name, or a job that was given its payload for a name, would pass for a property as well.
  const isName = typeof name === 'string' && Object.hasOwn(definition.jobs, name);
  const declaration = isName ? definition.jobs[name] : undefined;
  if (declaration === undefined) {
    const shown = typeof name === 'string' ? name : `(${typeof name})`;
    throw new UnknownJobNameError(definition.name, shown, Object.keys(definition.jobs));
  }
  const result = await payloadSchema(declaration)['~standard'].validate(data);
  if (result.issues) throw new InvalidPayloadError(definition.name, name, describeIssues(result.issues));
  return result.value as JobOutput<S, N>;
}
