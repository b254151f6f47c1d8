import { EventEmitter } from 'node:events';
import { createFaultReport } from './fault-report.js';

class Connection extends EventEmitter {
  status = 'connecting';
  ready(): void {
    this.status = 'ready';
    this.emit('ready');
  }
  lose(): void {
    this.status = 'reconnecting';
    this.emit('close');
  }
}

function setUp() {
  const connection = new Connection();
  const reported: string[] = [];
  const clock = { nowMs: 1_000_000 };
  const faults = createFaultReport(
    'bullmq',
    connection as never,
    (error, { queue }) => void reported.push(queue ? `${queue}: ${error.message}` : error.message),
    () => clock.nowMs,
  );
  const lost = (message = 'read ECONNRESET') => Object.assign(new Error(message), { code: 'ECONNRESET' });
  const wait = (ms: number) => void (clock.nowMs += ms);
  return { connection, reported, faults, lost, wait };
}

test('a server that is not there at the start is reported once, for as long as it takes', () => {
  const { connection, reported, faults, lost, wait } = setUp();
  for (let n = 0; n < 10; n++) {
    connection.emit('error', lost());
    faults.report(lost(), 'some-queue');
    connection.emit('close');
    wait(20_000);
  }
  expect(reported).toEqual(['read ECONNRESET']);
});

test('each outage is reported once, even soon after another', () => {
  const { connection, reported, faults, lost, wait } = setUp();
  connection.ready();
  wait(60_000);
  for (let outage = 1; outage <= 3; outage++) {
    // One connection notices before the lent one does.
    faults.report(lost(`outage ${outage}`));
    wait(10);
    connection.lose();
    wait(30_000);
    connection.emit('error', lost());
    faults.report(lost());
    wait(30_000);
    connection.emit('error', lost());
    connection.ready();
    wait(100);
    // One connection is late.
    faults.report(lost('late'));
    wait(6000);
  }
  expect(reported).toEqual(['outage 1', 'outage 2', 'outage 3']);
});

test('an outage right after the return from another is reported', () => {
  const { connection, reported, lost, wait } = setUp();
  connection.ready();
  wait(60_000);
  connection.lose();
  connection.emit('error', lost('first'));
  wait(100);
  connection.ready();
  wait(100);
  connection.lose();
  connection.emit('error', lost('second'));
  expect(reported).toEqual(['first', 'second']);
});

test('a private connection that is lost alone is reported, and does not hide a later outage', () => {
  const { connection, reported, faults, lost, wait } = setUp();
  connection.ready();
  wait(60_000);
  faults.report(lost('alone'));
  faults.report(lost('alone, again'));
  wait(60_000);
  connection.lose();
  connection.emit('error', lost('all'));
  expect(reported).toEqual(['alone', 'all']);
});

test('other errors are all reported, with their queue', () => {
  const { reported, faults } = setUp();
  expect(faults.report(new Error('a'), 'q')).toBe(true);
  expect(faults.report(new Error('a'), 'q')).toBe(true);
  expect(faults.report('no error')).toBe(true);
  expect(reported).toEqual(['q: a', 'q: a', 'no error']);
});

test('a reporter that throws disturbs nobody, and after stop nothing is heard', () => {
  const connection = new Connection();
  const faults = createFaultReport('bullmq', connection as never, () => {
    throw new Error('broken reporter');
  });
  expect(faults.report(new Error('a'))).toBe(true);
  faults.stop();
  expect(connection.eventNames()).toEqual([]);
});

test('a lost lock is part of the outage that lost it, and an error of its own at other times', () => {
  const { connection, reported, faults, lost, wait } = setUp();
  const lostLock = (id: number) => new Error(`Missing lock for job ${id}. moveToFinished`);
  connection.ready();
  wait(60_000);
  connection.emit('error', lost());
  connection.lose();
  wait(30_000);
  connection.ready();
  for (let id = 1; id <= 3; id++) faults.report(lostLock(id), 'some-queue');
  expect(reported).toEqual(['read ECONNRESET']);
  wait(60_000);
  faults.report(lostLock(4), 'some-queue');
  expect(reported).toEqual(['read ECONNRESET', 'some-queue: Missing lock for job 4. moveToFinished']);
});
