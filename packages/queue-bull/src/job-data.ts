/**
 * What Bull is given as a job's data so that it stores `data` itself. Bull writes `{}` in place of `null`, `0`, `''`
 * and `false`, but asks what it writes how it looks in JSON. `undefined` is no JSON and stays `{}`.
 */
export function storableData(data: unknown): unknown {
  if (data) return data;
  return data === undefined ? {} : { toJSON: () => data };
}
