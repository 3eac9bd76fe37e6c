/** What HAProxy's master said of its workers (2.6.12), read. */
import { expect, test } from 'vitest';
import { parseWorkers } from './master-socket.ts';

const answer = `#<PID>          <type>          <reloads>       <uptime>        <version>      
24870           master          1 [failed: 0]   0d00h00m02s     2.6.12-1+deb12u4
# workers
24880           worker          0               0d00h00m01s     2.6.12-1+deb12u4
# old workers
24872           worker          1               0d00h00m09s     2.6.12-1+deb12u4
# programs


`;

test('workers are told from the master, old ones too', () => {
  expect(parseWorkers(answer)).toEqual({ pids: new Set([24880, 24872]), failedReloads: 0 });
});

test('a reload that failed is told', () => {
  expect(parseWorkers(answer.replace('failed: 0', 'failed: 2')).failedReloads).toBe(2);
});
