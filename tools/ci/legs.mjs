// The legs of the CI matrix: which there are, and what each runs. .github/workflows/ci.yml spells out the same lists;
// a test holds the two together.

/** The project with the specs that read USE_BULLMQ: every leg runs those, with its own value. */
export const APP = '@switchyard/catchup';
/** By a part of their file names, as all patterns here; a shell is going to read them. */
export const FLAG_SPECS = ['switching', 'shutdown'];

/**
 * Values of USE_BULLMQ, each with the projects that it puts to work: together the three run everything once. `null`
 * stands for all that the others leave, the app's other specs among them. Unit specs know neither flag nor server, so
 * one of the three has them.
 */
export const flags = [
  { value: 'false', projects: ['@switchyard/queue-bull'], hasUnitSpecs: true },
  { value: 'true', projects: ['@switchyard/bullmq-shared-connections', '@switchyard/queue-bullmq'] },
  { value: 'webhook-health-check,calendar-sync=50%', projects: null },
];

export const nodeMajors = [20, 22, 24];

export const servers = ['Redis', 'Valkey'];

/** What a short leg runs besides the app: the spec files that go through a whole package. */
const SHORT = new Map([
  ['@switchyard/queue-bull', ['contract']],
  ['@switchyard/queue-bullmq', ['contract']],
  ['@switchyard/queue-rollout', ['rollout.redis']],
]);

/**
 * What a leg runs: whether unit specs, whether the specs that need a database, and those that need a Redis as a list of
 * projects, each with patterns of file names or all of them.
 *
 * @param flag a value of USE_BULLMQ; none means every kind of it
 * @param projects all that have specs that need a Redis
 */
export function planLeg({ flag, server, isShort, projects }) {
  const known = flags.find(({ value }) => value === flag);
  const named = new Set(flags.flatMap((each) => each.projects ?? []));
  const ofFlag = known?.projects ?? projects.filter((project) => !known || !named.has(project));
  const redisSpecs = ofFlag
    .filter((project) => project !== APP && projects.includes(project) && (!isShort || SHORT.has(project)))
    .map((project) => (isShort ? { project, patterns: SHORT.get(project) } : { project }));
  const isWholeApp = known ? !known.projects && !isShort : true;
  // Short legs of single flags are for a Node where `npm test` has just run: unit specs would tell nothing new.
  const hasUnitSpecs = known ? Boolean(known.hasUnitSpecs) && !isShort : true;
  return {
    hasUnitSpecs,
    // They know no Redis either, so one of its servers is enough.
    hasDatabaseSpecs: hasUnitSpecs && server === servers[0],
    redisSpecs: [...redisSpecs, isWholeApp ? { project: APP } : { project: APP, patterns: FLAG_SPECS }],
  };
}

/** A row of its own in the matrix, as is every kind of USE_BULLMQ in one run. */
export const ALL_FLAGS = '(every kind)';
export const WITHOUT_BULL = '(no Bull)';

/**
 * The rows of the matrix: `{ major, server, flag, isShort }`, with a `reason` when the row is not to be run.
 *
 * By default: each flag and no Bull on the Node that runs this, the newest other Node, and Valkey; all of them short.
 * All: every Node with every server and flag, in full, and no Bull.
 */
export function matrixRows({ isAll, hasBull, major }) {
  const values = hasBull ? flags.map(({ value }) => value) : [ALL_FLAGS];
  const majors = [major, ...nodeMajors.filter((other) => other !== major).sort((a, b) => b - a)];
  const noBull = {
    major,
    server: 'Redis',
    flag: WITHOUT_BULL,
    isShort: !isAll,
    ...(!hasBull && { reason: 'this clone is without Bull; its other rows tell' }),
  };
  if (isAll) {
    const product = majors.flatMap((node) =>
      servers.flatMap((server) => values.map((flag) => ({ major: node, server, flag, isShort: false }))),
    );
    return [...product, noBull];
  }
  const [, newest, ...rest] = majors;
  const short = (row) => ({ server: 'Redis', flag: ALL_FLAGS, isShort: true, ...row });
  return [
    ...values.map((flag) => short({ major, flag })),
    noBull,
    short({ major: newest }),
    short({ major, server: 'Valkey' }),
    ...rest.map((other) => short({ major: other, reason: 'a row of --all' })),
  ];
}
