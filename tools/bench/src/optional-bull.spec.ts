import { existsSync } from 'node:fs';
import { contenders } from './queues/contender.js';
import { bullVersion, hasBull } from './optional-bull.js';

const isThere = existsSync(new URL('../../../packages/queue-bull/package.json', import.meta.url));

it('measures Bull exactly as long as its package is there', () => {
  expect(hasBull()).toBe(isThere);
  expect(contenders.map(({ id }) => id)).toEqual([
    ...(isThere ? ['bull'] : []),
    'bullmq-options',
    'bullmq-shared',
    'ours',
  ]);
  expect(bullVersion()).toEqual(isThere ? { bull: expect.stringMatching(/^4\./) } : {});
});
