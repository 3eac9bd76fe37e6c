/** Two Services that claim one address and port. */
import { expect, it } from 'vitest';
import { fakeDataplane } from './testing/fake-dataplane.ts';
import { port } from './testing/port.ts';

const contested = '1.2.3.4';
const byExternalIP = port({
  name: 'a',
  clusterIP: '172.30.0.41',
  externalIPs: [contested],
  cluster: ['10.0.0.1'],
});
const byLoadBalancer = port({
  name: 'b',
  clusterIP: '172.30.0.42',
  loadBalancerIPs: [contested],
  cluster: ['10.0.0.2'],
});
const alike = port({
  name: 'c',
  clusterIP: '172.30.0.43',
  loadBalancerIPs: [contested],
  cluster: ['10.0.0.3'],
});
const byClusterIP = port({ name: 'd', clusterIP: contested, cluster: ['10.0.0.4'] });

it.each([
  ['as listed', [byExternalIP, byLoadBalancer, alike, byClusterIP]],
  ['the other way round', [byClusterIP, alike, byLoadBalancer, byExternalIP]],
])('a ClusterIP wins, then a load balancer’s, then an external IP: %s', async (_, ports) => {
  const { sync, outcomes } = await fakeDataplane();
  const owner = () => outcomes({ saddr: '203.0.113.2', from: 'external', daddr: contested });
  await sync(ports);
  expect(owner()).toEqual(['10.0.0.4:80 masqueraded']);
  await sync([], [byClusterIP]);
  expect(owner()).toEqual(['10.0.0.2:80 masqueraded']);
  await sync([], [byLoadBalancer]);
  expect(owner()).toEqual(['10.0.0.3:80 masqueraded']);
  await sync([], [alike]);
  expect(owner()).toEqual(['10.0.0.1:80 masqueraded']);
  await sync([byLoadBalancer]);
  expect(owner()).toEqual(['10.0.0.2:80 masqueraded']);
});
