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
  const declaration = Object.hasOwn(definition.jobs, name) ? definition.jobs[name] : undefined;
  if (declaration === undefined)
    throw new UnknownJobNameError(definition.name, name, Object.keys(definition.jobs));
  const result = await payloadSchema(declaration)['~standard'].validate(data);
  if (result.issues) throw new InvalidPayloadError(definition.name, name, describeIssues(result.issues));
  return result.value as JobOutput<S, N>;
}
