import { fromBullProcessor } from '../src/child/bull-processor.mjs';
import processors from './bull-processors.cjs';

export default Object.fromEntries(
  Object.entries(processors).map(([name, processor]) => [name, fromBullProcessor(processor)]),
);
