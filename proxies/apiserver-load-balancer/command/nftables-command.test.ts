import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../kit/running-command.ts';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';
import type { NftablesCommandReport } from './testing/run-in-namespace.ts';

const reason = whyNoNamespace();
const here = reason ?? 'to be had here';

describe.skipIf(reason !== null)(`hop apiserver-lb --dataplane=nftables (${here})`, () => {
  let report: NftablesCommandReport;
  beforeAll(async () => {
    const script = new URL('testing/run-in-namespace.ts', import.meta.url);
    report = (await runInNamespace(script)) as NftablesCommandReport;
  }, 60_000);

  it('has its tables while it serves, and tells how it is', () => {
    expect(report.log).toContain('Serving on 192.0.2.2:6443 (nftables)');
    expect(report.tables).toMatch(/apiserver-lb/);
    expect(report.metrics).toContain('apiserver_lb_info{implementation="hop",dataplane="nftables"');
    expect(report.metrics).not.toMatch(/^apiserver_lb_sent_bytes_total /m);
  });

  it('says whom it cannot send anywhere', () => {
    expect(report.log).toMatch(/^W.*No backend has an IPv6 address: clients of IPv6 are refused/m);
    expect(report.log).not.toContain('an IPv4 address');
  });

  it('ends where its port is taken', () => {
    expect(report.taken.exitCode).toBe(1);
    expect(report.taken.stderr).toMatch(
      /^error: .*192\.0\.2\.2:6443: bind: address already in use$/m,
    );
    expect(report.taken.stderr).toContain('Another program listens on 192.0.2.2:6443');
  });

  it('ends where it is to listen on an address that the kernel forwards nothing from', () => {
    expect(report.loopback.exitCode).toBe(1);
    expect(report.loopback.stderr).toMatch(/^error: .*127\.0\.0\.1.*--dataplane userspace$/m);
  });

  it('removes with --cleanup what one leaves that is killed, and nothing of one that runs', () => {
    const [running, killed, again] = report.cleanups;
    expect(running?.exitCode).toBe(1);
    expect(running?.stderr).toMatch(
      /^error: a hop apiserver-lb with the nftables .* runs on this/m,
    );
    expect(running?.stderr).toContain('End it first');
    const left = 'table ip apiserver-lb\ntable ip6 apiserver-lb\n';
    expect(report.tablesLeft).toEqual([left, '']);
    expect(killed?.stderr).toMatch(/Removed the tables ip apiserver-lb and ip6 apiserver-lb\n$/);
    expect(again?.stderr).toMatch(/Nothing to remove: there is no table apiserver-lb\n$/);
    expect([killed?.exitCode, again?.exitCode]).toEqual([0, 0]);
  });

  it('may not be cleaned up after by who may not write rules', async () => {
    await using command = await runCommand({
      command: 'apiserver-lb',
      serving: /Serving status at (\S+)/,
      args: ['--cleanup'],
      // Root of nothing.
      inside: ['unshare', '--user'],
      env: { LANG: 'en_US.UTF-8' },
      signal: new AbortController().signal,
    });
    expect(command).toMatchObject({ isServing: false, exitCode: 1 });
    expect(command.stderr()).toContain('error: the rules cannot be removed: ');
    expect(command.stderr()).toContain('Run it as root, or with CAP_NET_ADMIN');
  }, 60_000);

  it('ends with what to do for who may not write rules', async () => {
    const backend = ['--backend=192.0.2.11:6443', '--check-insecure'];
    await using command = await runCommand({
      command: 'apiserver-lb',
      serving: /Serving status at (\S+)/,
      args: ['--dataplane=nftables', '--listen=0.0.0.0:0', '--admin-bind-address=', ...backend],
      // Root of nothing.
      inside: ['unshare', '--user'],
      env: { LANG: 'en_US.UTF-8' },
      signal: new AbortController().signal,
    });
    expect(command).toMatchObject({ isServing: false, exitCode: 1 });
    expect(command.stderr()).toContain('error: the nftables dataplane cannot be had: ');
    expect(command.stderr()).toContain('Run it as root, or with CAP_NET_ADMIN');
  }, 60_000);
});
