import type { RoleCases } from '../plan-contract.js';
import { accountCases } from './account-cases.js';
import { addCases } from './add-cases.js';
import { claimCases } from './claim-cases.js';
import { closeCases } from './close-cases.js';
import { closeLimitCases } from './close-limit-cases.js';
import { consumerCases } from './consumer-cases.js';
import { controlCases } from './control-cases.js';
import { deduplicationCases } from './deduplication-cases.js';
import { drainedCases } from './drained-cases.js';
import { dueFiringCases } from './due-firing-cases.js';
import { engineCases } from './engine-cases.js';
import { eventCases } from './event-cases.js';
import { firingCases } from './firing-cases.js';
import { handlerCases } from './handler-cases.js';
import { inspectorCases } from './inspector-cases.js';
import { inspectorRequestCases } from './inspector-request-cases.js';
import { jobIdCases } from './job-id-cases.js';
import { orderCases } from './order-cases.js';
import { payloadCases } from './payload-cases.js';
import { retentionCases } from './retention-cases.js';
import { retryCases } from './retry-cases.js';
import { runningJobCases } from './running-job-cases.js';
import { sandboxCases } from './sandbox-cases.js';
import { scheduleCases } from './schedule-cases.js';
import { suspendCases } from './suspend-cases.js';
import { timeZoneCases } from './time-zone-cases.js';
import { timeoutCases } from './timeout-cases.js';
import { waitForEndCases } from './wait-for-end-cases.js';
import { workerSettingCases } from './worker-setting-cases.js';

/** The whole contract, role by role, in the order a reader would want to learn it. */
export const contractCases: RoleCases = [
  { role: 'producer: adding', cases: addCases },
  { role: 'producer: ids', cases: jobIdCases },
  { role: 'producer: order', cases: orderCases },
  { role: 'producer: payloads and options', cases: payloadCases },
  { role: 'producer: de-duplication', cases: deduplicationCases },
  { role: 'consumer: handlers', cases: handlerCases },
  { role: 'consumer: time-outs', cases: timeoutCases },
  { role: 'consumer: what a handler does to its job', cases: runningJobCases },
  { role: 'consumer: retries', cases: retryCases },
  { role: 'consumer: retention', cases: retentionCases },
  { role: 'consumer: taking jobs', cases: consumerCases },
  { role: 'consumer: limits and settings', cases: workerSettingCases },
  { role: 'consumer: gate and close', cases: closeCases },
  { role: 'consumer: limits of a close', cases: closeLimitCases },
  { role: 'consumer: handlers of a file', cases: sandboxCases },
  { role: 'consumer: everything together', cases: accountCases },
  { role: 'schedules: declaring', cases: scheduleCases },
  { role: 'schedules: firing', cases: firingCases },
  { role: 'schedules: firings that are due', cases: dueFiringCases },
  { role: 'schedules: time zones', cases: timeZoneCases },
  { role: 'schedules: suspending', cases: suspendCases },
  { role: 'inspector', cases: inspectorCases },
  { role: 'inspector: what it is asked for', cases: inspectorRequestCases },
  { role: 'control', cases: controlCases },
  { role: 'events', cases: eventCases },
  { role: 'events: drained', cases: drainedCases },
  { role: 'events: waiting for a job', cases: waitForEndCases },
  { role: 'claims', cases: claimCases },
  { role: 'engine', cases: engineCases },
];
