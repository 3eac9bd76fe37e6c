/** What workers have counted, added up over reloads. */
import { expect, test } from 'vitest';
import { parseStatistics } from './statistics.ts';
import { WorkerCounts } from './worker-counts.ts';

const rows = (accepted: number, active: number) =>
  parseStatistics(
    `# svname,stot,econ,wretr,wredis,bin,bout,scur\nFRONTEND,${accepted},,,,7,9,1\n` +
      `10.0.0.11_6443,,,,,,,${active}\nBACKEND,,2,3,4,,,1\n`,
  );

test('workers that have gone still count, and have no connections', () => {
  const counts = new WorkerCounts();
  counts.note(1, rows(5, 2));
  counts.note(2, rows(1, 1));
  expect(counts.sum()).toEqual({
    ...{ accepted: 6, refused: 4, retried: 14, reset: null, sentBytes: 14, receivedBytes: 18 },
    active: new Map([['10.0.0.11_6443', 3]]),
  });
  counts.keep(new Set([2]));
  const { accepted, active } = counts.sum();
  expect({ accepted, active }).toEqual({ accepted: 6, active: new Map([['10.0.0.11_6443', 1]]) });
});

test('a worker with the process id of one that has gone counts on', () => {
  const counts = new WorkerCounts();
  counts.note(1, rows(5, 2));
  counts.keep(new Set());
  counts.note(1, rows(1, 0));
  counts.note(1, rows(2, 0));
  expect(counts.sum().accepted).toBe(7);
});

test('thousands of workers one after the other are one number, not a list', () => {
  const counts = new WorkerCounts();
  for (let pid = 1; pid <= 5000; pid++) {
    counts.note(pid, rows(1, 0));
    counts.keep(new Set([pid]));
  }
  expect(counts.sum().accepted).toBe(5000);
  expect(counts.kept).toBe(1);
});
