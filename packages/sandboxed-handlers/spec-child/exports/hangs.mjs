import { writeFileSync } from 'node:fs';
import { setInterval } from 'node:timers';

writeFileSync(process.env.SPEC_PID_FILE, String(process.pid));
await new Promise(() => setInterval(() => {}, 1000));
