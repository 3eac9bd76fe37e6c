/** Specification 3.6, TestOverallNFTablesRules, as elements of this layout. */
import { expect, it } from 'vitest';
import { fakeDataplane } from './testing/fake-dataplane.ts';
import { port } from './testing/port.ts';

it("has what upstream's golden example has", async () => {
  const { sync, elements, keys, outcomes } = await fakeDataplane();
  const external = { cluster: ['10.180.0.3'], here: ['10.180.0.3'] };
  await sync([
    port({ name: 'svc1', clusterIP: '172.30.0.41', cluster: ['10.180.0.1'], here: ['10.180.0.1'] }),
    port({
      name: 'svc2',
      clusterIP: '172.30.0.42',
      cluster: ['10.180.0.2'],
      nodePort: 3001,
      loadBalancerIPs: ['1.2.3.4'],
      externalIPs: ['192.168.99.22'],
      isExternalLocal: true,
    }),
    port({ name: 'svc3', clusterIP: '172.30.0.43', nodePort: 3003, ...external }),
    port({
      name: 'svc4',
      clusterIP: '172.30.0.44',
      cluster: ['10.180.0.4', '10.180.0.5'],
      here: ['10.180.0.5'],
      externalIPs: ['192.168.99.33'],
    }),
    port({
      name: 'svc5',
      clusterIP: '172.30.0.45',
      nodePort: 3002,
      loadBalancerIPs: ['5.6.7.8'],
      sourceRanges: ['203.0.113.0/25'],
      affinitySeconds: 10800,
      ...external,
    }),
    port({ name: 'svc6', clusterIP: '172.30.0.46' }),
  ]);
  expect(keys('cluster-ips')).toHaveLength(6);
  expect(keys('hairpin-connections')).toEqual(
    ['10.180.0.1', '10.180.0.3', '10.180.0.5'].map((pod) => `${pod} . ${pod} . tcp . 80`),
  );
  expect(elements('service-ips')).toEqual([
    '172.30.0.41 . tcp . 80 "ns/svc1:p80" : goto pick-1',
    '172.30.0.42 . tcp . 80 "ns/svc2:p80" : goto pick-1',
    '1.2.3.4 . tcp . 80 "ns/svc2:p80" : goto pick-1',
    '192.168.99.22 . tcp . 80 "ns/svc2:p80" : goto pick-1',
    '172.30.0.43 . tcp . 80 "ns/svc3:p80" : goto pick-1',
    '172.30.0.44 . tcp . 80 "ns/svc4:p80" : goto pick-2',
    '192.168.99.33 . tcp . 80 "ns/svc4:p80" : goto pick-2',
    '172.30.0.45 . tcp . 80 "ns/svc5:p80" : goto affinity-1',
    '5.6.7.8 . tcp . 80 "ns/svc5:p80" : goto affinity-1',
  ]);
  expect(elements('no-endpoint-services')).toEqual([
    '1.2.3.4 . tcp . 80 "ns/svc2:p80" : drop',
    '192.168.99.22 . tcp . 80 "ns/svc2:p80" : drop',
    '172.30.0.46 . tcp . 80 "ns/svc6:p80" : goto reject-chain',
  ]);
  expect(elements('no-endpoint-nodeports')).toEqual(['tcp . 3001 "ns/svc2:p80" : drop']);
  expect(keys('firewall-ips')).toEqual(['5.6.7.8 . tcp . 80']);
  expect(keys('firewall-allowed')).toEqual(['5.6.7.8 . tcp . 80 . 203.0.113.0/25']);
  expect(elements('affinity-timeouts')).toEqual(['0x48000000 : jump remember-10800']);

  const from = { saddr: '203.0.113.2', from: 'external' } as const;
  expect(outcomes({ ...from, daddr: '5.6.7.8' })).toEqual(['10.180.0.3:80 masqueraded']);
  expect(outcomes({ ...from, saddr: '203.0.113.130', daddr: '5.6.7.8' })).toEqual(['DROP']);
  expect(outcomes({ ...from, daddr: '1.2.3.4' })).toEqual(['DROP']);
  expect(outcomes({ ...from, daddr: '172.30.0.50' })).toEqual(['DROP']);
  expect(outcomes({ ...from, daddr: '172.30.0.41', dport: 81 })).toEqual(['REJECT']);
  expect(outcomes({ saddr: '10.180.0.1', from: 'pod', daddr: '172.30.0.41' })).toEqual([
    '10.180.0.1:80 masqueraded',
  ]);
});
