// Processors as an app has them that was written for Bull.
exports.promised = async (job) => {
  await job.progress(job.progress() + 40);
  await job.log(`has ${job.data.n} of ${job.opts.attempts}`);
  return [job.id, job.name, job.attemptsMade, job.timestamp, job.progress()];
};
exports.calledBack = (job, done) =>
  process.nextTick(() => (job.data.bad ? done(new Error('no')) : done(null, job.data.n)));
exports.discards = async (job) => {
  job.discard();
  throw new RangeError('never again');
};
exports.updates = async (job) => {
  await job.update({ n: job.data.n + 1 });
  return job.data;
};
