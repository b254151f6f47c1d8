/** The protocol counts parameters of a statement in 16 bits. */
const MAX_PARAMETERS = 65_535;
const MAX_ROWS = 1000;

/** Parts that fit into a statement each. */
export function* inChunks<Row>(rows: readonly Row[], parametersPerRow: number): Generator<readonly Row[]> {
  const size = Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_PARAMETERS / parametersPerRow)));
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}
