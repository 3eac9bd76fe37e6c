import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';
import type { TakeOverReport } from './testing/take-over.ts';

const why = whyNoNamespace();

describe.skipIf(why !== null)(`a network with two load balancers${why ? ` (${why})` : ''}`, () => {
  let report: TakeOverReport;
  beforeAll(async () => {
    const script = new URL('testing/take-over.ts', import.meta.url);
    // What it prints is its own.
    report = (await runInNamespace(script, 150_000)) as TakeOverReport;
  }, 180_000);

  it('finds the one that announces the addresses by ARP and NDP', () => {
    expect(report.first).toEqual({
      answers: ['192.0.2.3', '2001:db8::3'],
      hardware: ['balancer-3', 'balancer-3'],
    });
  });

  it('remembers it when it is gone', () => {
    expect(report.remembered).toEqual(['balancer-3', 'balancer-3']);
  });

  it('is told by the one that takes them over', () => {
    expect(report.second).toEqual({
      answers: ['192.0.2.4', '2001:db8::4'],
      hardware: ['balancer-4', 'balancer-4'],
    });
    expect(report.said.join('\n')).not.toContain('are not told');
  });

  it('is answered when it asks that one alone', () => {
    expect(report.asked).toEqual(['REACHABLE', 'REACHABLE']);
  });
});
