import { beforeAll, describe, expect, it } from 'vitest';
import { whyNot } from '../conformance/runners/why-not.ts';
import type { ChurnReport } from './churn.ts';
import { openChurnWorld } from './open-world.ts';

const reason = whyNot('nftables');

/** 5,000 of each take minutes: `node proxies/apiserver-load-balancer/churn/run.ts`. */
const runs = [
  { balancer: 'userspace', changes: 300, seed: 5 },
  { balancer: 'nftables', changes: 300, seed: 6 },
] as const;

describe.skipIf(reason !== null).each(runs)(
  `$changes random changes, $balancer (${reason ?? 'to be had here'})`,
  (options) => {
    let report: ChurnReport;
    beforeAll(async () => {
      await using world = await openChurnWorld();
      report = await world.churn(options);
    }, 180_000);

    it('end no connection that should live', () => {
      expect(report.alive).toBe(report.held);
      expect(report.active).toBe(report.held);
    });

    it('fail no new connection', () => {
      expect(report.failed).toEqual({});
      expect(report.requests).toBeGreaterThan(20);
    });

    it('leave what a fresh start makes', () => {
      expect(report.churned).toEqual(report.fresh);
      expect(report.churned.length).toBeGreaterThan(0);
    });

    it('leave no file open, and no memory taken', () => {
      const [earlyFiles, lateFiles] = report.openFiles;
      expect(lateFiles).toBeLessThanOrEqual(earlyFiles + 20);
      const [early, late] = report.heapBytes;
      expect(late - early).toBeLessThan(10 * 1024 * 1024);
    });
  },
);
