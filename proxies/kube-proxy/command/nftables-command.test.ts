import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';
import type { CommandReport } from './testing/run-in-namespace.ts';

const reason = whyNoNamespace();

describe.skipIf(reason !== null)(`hop kube-proxy on a node (${reason ?? 'to be had here'})`, () => {
  let report: CommandReport;
  beforeAll(async () => {
    const script = new URL('testing/run-in-namespace.ts', import.meta.url);
    report = (await runInNamespace(script)) as CommandReport;
  }, 60_000);

  const web = '10.96.0.10 . tcp . 80 comment "default/web:http" : goto pick-';
  const shop = '10.96.0.11 . tcp . 80 comment "default/shop:http" : goto affinity-1';

  it('writes rules for what the API lists', () => {
    expect(report.written.toSorted()).toEqual([`${web}2`, shop]);
  });

  it('leaves them when it is told to end', () => {
    expect(report.afterEnd.toSorted()).toEqual(report.written.toSorted());
  });

  it('takes over what is there, and touches no element', () => {
    const [before, after] = report.collections;
    expect(before).toContainEqual(expect.stringMatching(/^map service-ips # handle \d+$/));
    expect(after).toEqual(before);
    expect(report.touched).toEqual([]);
  });

  it('writes what changed while it was away', () => {
    expect(report.caughtUp.toSorted()).toEqual([`${web}1`, shop]);
  });

  it('heals a table that somebody deleted, and says who', () => {
    expect(report.healed.toSorted()).toEqual([`${web}1`, shop]);
    expect(report.log).toMatch(/IPv4: nft\[\d+\] changed what is kube-proxy's/);
  });

  it('removes everything with --cleanup', () => {
    expect(report.cleanupExitCode, report.cleanupLog).toBe(0);
    expect(report.cleanupLog).toMatch(/Removed the tables ip kube-proxy and ip6 kube-proxy\n$/);
    expect(report.cleanupAgainLog).toMatch(/Nothing to remove: there is no table kube-proxy\n$/);
    expect(report.tablesAtEnd).toBe('table ip marker\n');
  });

  it('sets what only root may set with --init-only, and ends', () => {
    expect(report.initExitCode, report.initLog).toBe(0);
    expect(report.forgottenAfter).toEqual([86_400, 3600]);
  });

  it('logs as Kubernetes does, each line', () => {
    const lines = report.log.trimEnd().split('\n');
    expect(lines.filter((line) => !/^[IWEF]\d{4} [\d:.]+ +\d+ \S+\] /.test(line))).toEqual([]);
  });
});
