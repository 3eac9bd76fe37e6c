/** Which changes of a Service reach the cloud, and what is told of them: upstream's `TestNeedsUpdate`. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Service } from '../service.ts';
import {
  createControllerWorld,
  serviceOf,
  servicesPath,
  type ControllerWorld,
} from '../testing/controller-world.ts';

const web = `${servicesPath}/web`;
const port = { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30_080 };
const first = {
  loadBalancerSourceRanges: ['10.0.0.0/8'],
  ports: [port],
  sessionAffinity: 'None',
  loadBalancerIP: '203.0.113.7',
  externalIPs: ['198.51.100.1'],
  externalTrafficPolicy: 'Cluster',
  ipFamilies: ['IPv4'],
};

let world: ControllerWorld;
let isOthers: (service: Service) => boolean;

beforeEach(async () => {
  world = createControllerWorld();
  isOthers = () => false;
  await world.start({ isLeftAlone: async (service) => isOthers(service) });
  await world.cluster.api.create(servicesPath, {
    ...serviceOf(),
    spec: { type: 'LoadBalancer', ...first },
  });
  await world.until(() => world.service()?.status?.loadBalancer !== undefined);
  await world.settle();
  world.events.length = 0;
  world.cloud.calls.length = 0;
});

afterEach(() => world[Symbol.asyncDispose]());

const spec = (change: object) => ({ spec: change });
const portWith = (change: object) => spec({ ports: [{ ...port, ...change }] });

const rows: readonly (readonly [string, object, string?])[] = [
  [
    'source ranges',
    spec({ loadBalancerSourceRanges: ['10.0.0.0/8', '192.0.2.0/24'] }),
    'LoadBalancerSourceRanges web: [10.0.0.0/8] -> [10.0.0.0/8 192.0.2.0/24]',
  ],
  ['name of a port', portWith({ name: 'web' })],
  ['protocol of a port', portWith({ protocol: 'UDP' })],
  ['port', portWith({ port: 81 })],
  ['node port', portWith({ nodePort: 30_081 })],
  ['target port', portWith({ targetPort: 8081 })],
  ['target port, by name', portWith({ targetPort: 'dns' })],
  ['appProtocol', portWith({ appProtocol: 'http' })],
  ['number of ports', spec({ ports: [port, { ...port, name: 'more', port: 81 }] })],
  ['session affinity', spec({ sessionAffinity: 'ClientIP' })],
  ['affinity timeout', spec({ sessionAffinityConfig: { clientIP: { timeoutSeconds: 10 } } })],
  [
    'loadBalancerIP',
    spec({ loadBalancerIP: '203.0.113.8' }),
    'LoadbalancerIP web: 203.0.113.7 -> 203.0.113.8',
  ],
  [
    'number of external IPs',
    spec({ externalIPs: ['198.51.100.1', '198.51.100.2'] }),
    'ExternalIP web: Count: 1 -> 2',
  ],
  ['external IP', spec({ externalIPs: ['198.51.100.3'] }), 'ExternalIP web: Added: 198.51.100.3'],
  ['annotations', { metadata: { annotations: { 'example.com/any': 'thing' } } }],
  [
    'externalTrafficPolicy',
    spec({ externalTrafficPolicy: 'Local' }),
    'ExternalTrafficPolicy web: Cluster -> Local',
  ],
  [
    'healthCheckNodePort',
    spec({ healthCheckNodePort: 30_123 }),
    'HealthCheckNodePort web: 0 -> 30123',
  ],
  ['number of IP families', spec({ ipFamilies: ['IPv4', 'IPv6'] })],
];

describe('a change of', () => {
  it.for(rows)('%s reaches the cloud', async ([, change, note]) => {
    await world.cluster.api.patch(web, 'merge', change);
    await world.until(() => world.events.some((event) => event.includes('EnsuredLoadBalancer')));
    expect(world.cloud.calls).toEqual(['ensure default/web']);
    const notes = world.events.filter((event) => !event.includes('LoadBalancer web'));
    expect(notes).toEqual(note ? [`Normal ${note}`] : []);
  });

  it.for([
    ['labels', { metadata: { labels: { app: 'web' } } }],
    ['the selector', spec({ selector: { app: 'web' } })],
    ['a port to the same', portWith({})],
    ['the status', {}],
  ] as const)('%s does not', async ([, change]) => {
    await world.cluster.api.patch(web, 'merge', change);
    const ingress = [{ ip: '203.0.113.99' }];
    await world.cluster.api.patch(`${web}/status`, 'merge', {
      status: { loadBalancer: { ingress } },
    });
    await world.settle();
    expect(world.cloud.calls).toEqual([]);
  });
});

describe('a change of the type', () => {
  it('takes the load balancer away, and the finalizer and the address with it', async () => {
    await world.cluster.api.patch(web, 'merge', spec({ type: 'ClusterIP' }));
    await world.until(() => world.service()?.metadata.finalizers?.length === 0);
    await world.settle();
    expect(world.service()?.status?.loadBalancer?.ingress ?? []).toEqual([]);
    expect(world.cloud.balancers.size).toBe(0);
    expect(world.events).toEqual([
      'Normal Type web: LoadBalancer -> ClusterIP',
      'Normal DeletingLoadBalancer web: Deleting load balancer',
      'Normal DeletedLoadBalancer web: Deleted load balancer',
    ]);
  });

  it('clears the address before it lets the Service go', async () => {
    await world.cluster.api.patch(web, 'merge', spec({ type: 'NodePort' }));
    await world.until(() => (world.service()?.status?.loadBalancer?.ingress ?? []).length === 0);
    expect(world.service()?.metadata.finalizers).toHaveLength(1);
    await world.until(() => world.service()?.metadata.finalizers?.length === 0);
  });

  it('brings it back when it is changed back', async () => {
    await world.cluster.api.patch(web, 'merge', spec({ type: 'ClusterIP' }));
    await world.until(() => world.service()?.metadata.finalizers?.length === 0);
    await world.cluster.api.patch(web, 'merge', spec({ type: 'LoadBalancer' }));
    await world.until(() => (world.service()?.status?.loadBalancer?.ingress ?? []).length === 1);
    expect(world.service()?.metadata.finalizers).toHaveLength(1);
    expect(world.events).toContain('Normal Type web: ClusterIP -> LoadBalancer');
  });
});

describe('a change of the class', () => {
  it('to one that others serve takes the load balancer away', async () => {
    await world.cluster.api.patch(web, 'merge', spec({ loadBalancerClass: 'example.com/other' }));
    await world.until(() => world.service()?.metadata.finalizers?.length === 0);
    await world.settle();
    expect(world.cloud.balancers.size).toBe(0);
    expect(world.service()?.status?.loadBalancer?.ingress ?? []).toEqual([]);
  });

  it('leaves the address alone that the other has written meanwhile', async () => {
    world.cluster.holdWatches();
    await world.cluster.api.patch(web, 'merge', spec({ loadBalancerClass: 'example.com/other' }));
    const ingress = [{ ip: '198.51.100.9', ipMode: 'VIP' }];
    await world.cluster.api.patch(`${web}/status`, 'merge', {
      status: { loadBalancer: { ingress } },
    });
    world.cluster.letWatchesGo();
    await world.until(() => world.events.some((event) => event.includes('DeletedLoadBalancer')));
    expect(world.cloud.balancers.size).toBe(0);
    expect(world.service()?.status?.loadBalancer?.ingress).toEqual(ingress);
  });

  it('takes ours away also where the other was faster, and the Service counts as its own', async () => {
    const ingress = [{ ip: '198.51.100.9', ipMode: 'VIP' }];
    isOthers = ({ status }) => status?.loadBalancer?.ingress?.[0]?.ip === '198.51.100.9';
    await world.cluster.api.patch(`${web}/status`, 'merge', {
      status: { loadBalancer: { ingress } },
    });
    await world.cluster.api.patch(web, 'merge', spec({ loadBalancerClass: 'example.com/other' }));
    await world.settle();
    expect(world.cloud.balancers.size).toBe(0);
    expect(world.service()?.status?.loadBalancer?.ingress).toEqual(ingress);
  });
});
