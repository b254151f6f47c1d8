import { fileURLToPath } from 'node:url';

/** Node's arguments for a program of `spec-child`, which runs on the sources of these packages. */
export function childProgram(name: string): readonly string[] {
  const loader = new URL('../../../../tools/ci/start-typescript.mjs', import.meta.url).href;
  const program = fileURLToPath(new URL(`../../spec-child/${name}`, import.meta.url));
  return ['--conditions=@switchyard/source', `--import=${loader}`, program];
}
