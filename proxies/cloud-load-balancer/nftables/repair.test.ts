import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';
import type { RepairReport } from './testing/repair-in-namespace.ts';

const reason = whyNoNamespace();

describe.skipIf(reason !== null)(`the nftables dataplane (${reason ?? 'to be had here'})`, () => {
  let report: RepairReport;
  // It ends only when tables and routes are there again that somebody took away, one after the other.
  beforeAll(async () => {
    const script = new URL('testing/repair-in-namespace.ts', import.meta.url);
    report = (await runInNamespace(script, 110_000)) as RepairReport;
  }, 120_000);

  it('has its tables and routes again when somebody took them away', () => {
    expect(report.retriesSaid).toBeGreaterThan(0);
  });

  it('says what failed, and writes everything again before anything else', () => {
    expect(report.failedEnsure).toBe('rejected: Error: out of memory');
    expect(report.sameEnsure).toBe('resolved');
    expect(report.tablesAfterSameEnsure).toBe('table ip cloud-lb\ntable ip6 cloud-lb\n');
  });

  it('tries again what failed, and says so', () => {
    expect(report.retriesSaid).toBe(3);
  });

  it('says once of a node that it is on no network of this machine', () => {
    expect(report.unattached).toEqual([
      'nftables: node far at 198.51.100.7 is not on a network of this machine: use --ip-mode Proxy',
    ]);
  });
});
