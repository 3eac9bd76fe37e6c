import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';
import type { WithoutIPv6Report } from './testing/without-ipv6.ts';

const why = whyNoNamespace();

describe.skipIf(why !== null)(`a kernel without IPv6${why ? ` (${why})` : ''}`, () => {
  let report: WithoutIPv6Report;
  beforeAll(async () => {
    const script = new URL('testing/without-ipv6.ts', import.meta.url);
    // What it prints is its own.
    report = (await runInNamespace(script, 90_000)) as WithoutIPv6Report;
  }, 120_000);

  it('is asked for nothing of IPv6', () => {
    expect(report.refusal).toContain('Address family not supported');
    expect(report.tables.trim()).toBe('table ip cloud-lb');
  });

  it('serves pools of IPv4', () => {
    expect(report.routes).toContain('default via 192.0.2.11 dev net0');
    expect(report.routes).toContain('unreachable 203.0.113.0/24');
  });

  it('refuses a pool of IPv6, and says why', () => {
    expect(report.pool).toBe(
      'Error: nftables: this kernel has no IPv6: leave out 2001:db8:113::/64',
    );
  });

  it('is cleaned up', () => {
    expect(report.cleaned.join('\n')).toContain('Removed the table ip cloud-lb');
    expect(report.cleaned.join('\n')).toMatch(/Removed \d+ of the routing/);
    expect(report.localAddresses).toBe(0);
  });
});
