import { beforeAll, describe, expect, it } from 'vitest';
import type { ChurnReport } from './churn/churn.ts';
import { runChurn } from './churn/run-churn.ts';
import { whyNoWorld } from './world/why-no-world.ts';

const reason = whyNoWorld();

/** 20,000 of each take minutes: `npm run bench:kube-proxy-churn`. */
const runs = [
  { family: 'IPv4', changes: 2500, seed: 5 },
  { family: 'IPv6', changes: 1200, seed: 6 },
] as const;

describe.skipIf(reason !== null).each(runs)(
  `$changes random changes in $family (${reason ?? 'to be had here'})`,
  (options) => {
    let report: ChurnReport;
    beforeAll(async () => {
      report = await runChurn(options);
    }, 180_000);

    it('leave what a fresh start makes', () => {
      expect(report.churned).toEqual(report.fresh);
      expect(report.elements).toBeGreaterThan(500);
    });

    it('leave nothing to do for a proxy that starts again', () => {
      expect(report.changedByRestart).toEqual([]);
    });

    it('survive restarts and transactions that fail', () => {
      expect(report.restarts).toBeGreaterThan(0);
      expect(report.failures).toBeGreaterThan(0);
    });

    it('leave no file open, and no memory taken', () => {
      const [early, late] = report.openFiles;
      expect(late).toBe(early);
      const [before, after] = report.heapBytes;
      expect(after - before).toBeLessThan(10 * 1024 * 1024);
    });
  },
);
