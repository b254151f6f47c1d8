// A thread of its own, since a handler that computes without a pause would not let its process see that its parent
// is gone. The other end of this pipe is the parent's alone; it closes with it, whatever ends it.
import { Socket } from 'node:net';

const pipe = new Socket({ fd: 4, readable: true, writable: false });
pipe.on('error', () => {});
pipe.once('close', () => process.kill(process.pid, 'SIGKILL'));
pipe.resume();
