// One leg of the CI matrix, here as there: `USE_BULLMQ=true node tools/ci/leg.mjs`, with the Node it is run by.
import { nxRunMany, report, Totals } from './checks.mjs';
import { setUp } from './setup.mjs';
import { main, say } from './workspace.mjs';

await main(async () => {
  await setUp();
  say(`Node ${process.versions.node}, USE_BULLMQ=${process.env.USE_BULLMQ ?? ''}`);
  const totals = new Totals();
  await nxRunMany(totals, { targets: ['test'], parallel: 2 });
  await nxRunMany(totals, {
    targets: ['test:redis'],
    projects: ['@switchyard/queue-rollout', '@switchyard/catchup'],
    parallel: 1,
  });
  return report(totals);
});
