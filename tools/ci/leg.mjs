// One leg of the CI matrix, here as there, with the Node it is run by:
// `USE_BULLMQ=true node tools/ci/leg.mjs [--server=Valkey] [--short]`. No USE_BULLMQ means every kind of it.
// Closes with the line of totals, or with `not run: …` when this machine lacks the server, or the clone Bull.
import { parseArgs } from 'node:util';
import { nxRunMany, report, Totals } from './checks.mjs';
import { hasBull } from './differences.mjs';
import { flags, planLeg, servers } from './legs.mjs';
import { findServer } from './servers.mjs';
import { setUp } from './setup.mjs';
import { main, PlainError, projectsWithRedisSpecs, say } from './workspace.mjs';

await main(async (args) => {
  const { values } = parseArgs({
    args,
    options: { server: { type: 'string', default: 'Redis' }, short: { type: 'boolean', default: false } },
  });
  if (!servers.includes(values.server)) throw new PlainError(`--server is one of ${servers.join(', ')}`);
  const flag = process.env.USE_BULLMQ || undefined;
  if (flag !== undefined && !flags.some(({ value }) => value === flag)) {
    throw new PlainError(`USE_BULLMQ is one of ${flags.map(({ value }) => value).join(' or ')}, or not set`);
  }
  const plan = planLeg({
    flag,
    server: values.server,
    isShort: values.short,
    projects: projectsWithRedisSpecs(),
  });
  await setUp({ withPostgres: plan.hasDatabaseSpecs });
  if (flag !== undefined && flag !== 'true' && !hasBull()) return notRun('Bull is gone');
  const server = await findServer(values.server);
  if (server.reason) return notRun(server.reason);
  say(
    `Node ${process.versions.node}, ${values.server} ${server.version}, USE_BULLMQ=${flag ?? '(every kind)'}`,
  );

  const totals = new Totals();
  const shared = { env: server.env, isFresh: true };
  if (plan.hasUnitSpecs) await nxRunMany(totals, { ...shared, targets: ['test'], parallel: 2 });
  if (plan.hasDatabaseSpecs) await nxRunMany(totals, { ...shared, targets: ['test:database'], parallel: 1 });
  for (const { projects, args: specFiles } of byPatterns(plan.redisSpecs)) {
    await nxRunMany(totals, { ...shared, targets: ['test:redis'], projects, args: specFiles, parallel: 1 });
  }
  return report(totals);
});

function notRun(reason) {
  process.stdout.write(`not run: ${reason}\n`);
  return 0;
}

/** Those without patterns in one run. */
function byPatterns(redisSpecs) {
  const whole = redisSpecs.filter(({ patterns }) => !patterns).map(({ project }) => project);
  const parts = redisSpecs.filter(({ patterns }) => patterns);
  return [
    ...parts.map(({ project, patterns }) => ({ projects: [project], args: patterns })),
    ...(whole.length > 0 ? [{ projects: whole, args: [] }] : []),
  ];
}
