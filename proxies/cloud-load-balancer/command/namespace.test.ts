import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../kit/running-command.ts';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';
import type { NamespaceReport } from './testing/run-in-namespace.ts';

const reason = whyNoNamespace();
const here = reason ?? 'to be had here';

describe.skipIf(reason !== null)(`hop cloud-lb with addresses of a network (${here})`, () => {
  let report: NamespaceReport;
  beforeAll(async () => {
    const script = new URL('testing/run-in-namespace.ts', import.meta.url);
    // Eight programs, one after the other.
    report = (await runInNamespace(script, 170_000)) as NamespaceReport;
  }, 180_000);

  it('has its tables while it serves, and leaves none when it ends', () => {
    const all = 'table ip cloud-lb\ntable ip6 cloud-lb\n';
    expect(report.tables).toEqual([all, '', all, '']);
    expect(report.log).toContain('default/web has 192.0.2.200 (8080/TCP)');
    expect(report.log).not.toMatch(/^(?:E|error)/m);
  });

  it('removes with --cleanup what one leaves that is killed, and nothing of one that runs', () => {
    const [running, killed] = report.cleanups;
    expect(running?.exitCode).toBe(1);
    expect(running?.stderr).toMatch(/^error: a hop cloud-lb runs on this machine\nEnd it first/);
    expect(killed?.stderr).toContain('Removed the tables ip cloud-lb and ip6 cloud-lb\n');
    expect(killed?.exitCode).toBe(0);
    const isThere = report.routes.map((text) => text !== '');
    expect(isThere).toEqual([true, false, true, false, true, false]);
  });

  it('does so also where it served from user space', () => {
    expect(report.routes.at(4)).toContain('local 192.0.2.200 dev lo');
    expect(report.userspaceCleanup.stderr).toContain('Removed addresses of this machine: 1\n');
    expect(report.userspaceCleanup.exitCode).toBe(0);
  });

  it.each([
    [
      ['--dataplane=nftables', '--address-pool=192.0.2.200/29'],
      'error: the nftables dataplane cannot be had: ',
      'Run it as root, or with CAP_NET_ADMIN, where libnftables',
    ],
    [
      ['--address-pool=192.0.2.200/29'],
      'error: --address-pool: addresses of 192.0.2.200/29 cannot be added to this machine',
      'Or take a pool of 127.0.0.0/8',
    ],
    [['--cleanup'], 'error: what is left cannot be removed: ', 'sudo hop cloud-lb --cleanup'],
  ])(
    'says what to run instead without rights: %s',
    { timeout: 60_000 },
    async (args, why, what) => {
      await using command = await runCommand({
        command: 'cloud-lb',
        serving: /Serving status at (\S+)/,
        args: ['--admin-bind-address=', ...args],
        // Root of nothing; and of no capability in a network that is not its own.
        inside: ['unshare', '--user'],
        env: { LANG: 'en_US.UTF-8', KUBERNETES_SERVICE_HOST: '', KUBECONFIG: kubeconfig },
        signal: new AbortController().signal,
      });
      expect(command).toMatchObject({ isServing: false, exitCode: 1 });
      expect(command.stderr()).toContain(why);
      expect(command.stderr()).toContain(what);
    },
  );
});

/** It is read, and nobody is asked. */
const kubeconfig = new URL('testing/away.kubeconfig', import.meta.url).pathname;
