/** `detectLocalMode` BridgeInterface and InterfaceNamePrefix. */
import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';
import { fakeDataplane } from './testing/fake-dataplane.ts';
import type { SeenFrom } from './testing/pod-interfaces.ts';
import { port } from './testing/port.ts';

const onlyLocal = port({
  name: 'svc1',
  clusterIP: '172.30.0.41',
  loadBalancerIPs: ['1.2.3.4'],
  cluster: ['10.180.0.1'],
  isExternalLocal: true,
});

describe.each([
  ['a bridge', { name: 'cbr0', isPrefix: false }, 'cbr0', 'cbr01'],
  ['what names begin with', { name: 'veth', isPrefix: true }, 'veth7f', 'eth0'],
])('pods that are known by %s', (_, podInterface, ofPods, ofOthers) => {
  it('keep their address, and are sent to any endpoint', async () => {
    const { sync, outcomes, ruleset } = await fakeDataplane({ podCIDRs: [], podInterface });
    await sync([onlyLocal]);
    const pod = { saddr: '10.0.0.9', from: 'pod', iifname: ofPods } as const;
    expect(outcomes({ ...pod, daddr: '172.30.0.41' })).toEqual(['10.180.0.1:80']);
    expect(outcomes({ ...pod, daddr: '1.2.3.4' })).toEqual(['10.180.0.1:80']);
    const other = { saddr: '10.0.0.9', from: 'external', iifname: ofOthers } as const;
    expect(outcomes({ ...other, daddr: '172.30.0.41' })).toEqual(['10.180.0.1:80 masqueraded']);
    expect(outcomes({ ...other, daddr: '1.2.3.4' })).toEqual(['DROP']);
    const node = { saddr: '192.168.0.2', from: 'node' } as const;
    expect(outcomes({ ...node, daddr: '172.30.0.41' })).toEqual(['10.180.0.1:80 masqueraded']);
    expect(ruleset().collections.has('pod-cidrs')).toBe(false);
  });
});

const reason = whyNoNamespace();

describe.skipIf(reason !== null)(`in the kernel (${reason ?? 'to be had here'})`, () => {
  let seen: Readonly<Record<string, SeenFrom>>;
  beforeAll(async () => {
    const script = new URL('testing/pod-interfaces.ts', import.meta.url);
    seen = (await runInNamespace(script)) as typeof seen;
  }, 60_000);

  it.each(['bridge', 'prefix'])('pods behind the interface are told from others: %s', (how) => {
    expect(seen[how]).toEqual({
      pod: { clusterIP: '10.1.0.2', onlyLocal: '10.1.0.2' },
      outside: { clusterIP: '10.3.0.1', onlyLocal: 'nothing' },
      node: { clusterIP: '10.3.0.1', onlyLocal: '10.3.0.1' },
    });
  });
});
