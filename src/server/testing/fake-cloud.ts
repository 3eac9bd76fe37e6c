/** A cluster with an apiserver of its own and nothing behind it: pods are ready at once, and a cloud does as it is told. */
import { startTestApiserver } from '../../../lab/apiserver/testing/test-apiserver.ts';
import { openVisitors } from '../../../lab/visitors.ts';
import { judgeService } from '../../../proxies/cloud-load-balancer/contract.ts';
import { finalizer } from '../../../proxies/cloud-load-balancer/facts/finalizer.ts';
import { hopsOfFlow } from '../../../proxies/cloud-load-balancer/flow-hops.ts';
import { findProfile } from '../../../proxies/cloud-load-balancer/facts/profiles.ts';
import type { Service } from '../../../proxies/cloud-load-balancer/service.ts';
import {
  createApiClient,
  type ApiClient,
  type KubeObject,
} from '../../../proxies/kit/api/api-client.ts';
import { createEventRecorder } from '../../../proxies/kit/api/event-recorder.ts';
import { startInformer } from '../../../proxies/kit/api/informer.ts';
import { flowName, type ConnectOutcome } from '../../../proxies/kit/connect-request.ts';
import type { Hop } from '../../../proxies/kit/hop.ts';
import { fakeHop } from '../../../proxies/kit/testing/fake-hop.ts';
import type { LiveBackend } from '../live/backend.ts';
import { providerAnnotation } from '../../../proxies/cloud-load-balancer/facts/provider-annotation.ts';
import { fakeNetwork, type FakeNetwork } from './fake-network.ts';

export interface FakeCloud extends AsyncDisposable {
  readonly client: ApiClient;
  readonly network: FakeNetwork;
  readonly openVisit: NonNullable<LiveBackend['openVisit']>;
  readonly connectAs: NonNullable<LiveBackend['connectAs']>;
  /** Services and pods that are there, by name. */
  left(): Promise<readonly string[]>;
  /** Whether it takes finalizers away; a controller that is down does not. */
  isDown: boolean;
}

export const fakeAddress = '203.0.113.7';

export async function startFakeCloud(): Promise<FakeCloud> {
  await using starting = new AsyncDisposableStack();
  const apiserver = starting.use(await startTestApiserver());
  const { server, caPem, token } = apiserver;
  const connectAs = (as: string) =>
    createApiClient({ server, caPem, token: as, userAgent: 'test' });
  const client = starting.use(connectAs(token));
  const visitors = await openVisitors(client);
  const given = new Set<string>();
  const cloud = { isDown: false };
  const pods = starting.use(startInformer(client, { path: '/api/v1/pods' }));
  const ready = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };
  pods.onChange(({ type, object }) => {
    if (type === 'added') void client.patch(`${pathOf('pods', object)}/status`, 'merge', ready);
  });
  const services = starting.use(startInformer<Service>(client, { path: '/api/v1/services' }));
  const recorder = starting.use(
    createEventRecorder(client, { component: 'service-controller', host: 'test' }),
  );
  const control = controller(client, recorder, given);
  services.onChange((change) => {
    if (change.type !== 'deleted' && !cloud.isDown) void control(change.object);
  });
  await Promise.all([pods.synced, services.synced]);
  const running = starting.move();
  return Object.assign(cloud, {
    client,
    network: networkTo(given),
    openVisit: (name: string) => visitors.create(name),
    connectAs,
    left: async () => {
      const lists = await Promise.all(
        ['pods', 'services'].map((kind) =>
          client.get<{ readonly items: readonly KubeObject[] }>(`/api/v1/${kind}`),
        ),
      );
      const names = lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.name));
      return names.filter((name) => name !== 'kubernetes');
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  });
}

/** One step for each change: what is done comes back as the next. */
function controller(
  client: ApiClient,
  recorder: ReturnType<typeof createEventRecorder>,
  given: Set<string>,
) {
  const done = new Set<string>();
  const once = (key: string) => !done.has(key) && Boolean(done.add(key));
  return async (service: Service): Promise<void> => {
    const { metadata, spec } = service;
    const { name, namespace = '', uid = '', finalizers = [], annotations = {} } = metadata;
    const profile = findProfile(annotations[providerAnnotation] ?? '');
    if (spec.type !== 'LoadBalancer' || spec.loadBalancerClass !== undefined || !profile) return;
    const target = { apiVersion: 'v1', kind: 'Service', namespace, name, uid } as const;
    const path = pathOf('services', service);
    if (metadata.deletionTimestamp !== undefined) {
      if (!finalizers.includes(finalizer) || !once(`${uid} deleted`)) return;
      given.clear();
      recorder.record(target, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
      await client.patch(`${path}/status`, 'merge', { status: { loadBalancer: null } });
      await client.patch(path, 'merge', { metadata: { finalizers: null } });
      return;
    }
    if (!once(uid)) return;
    await client.patch(path, 'merge', { metadata: { finalizers: [finalizer] } });
    recorder.record(target, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
    const { failure, accepted } = judgeService(profile, service);
    if (failure !== null) {
      const message = `Error syncing load balancer: ${failure}`;
      recorder.record(target, 'Warning', 'SyncLoadBalancerFailed', message);
      return;
    }
    for (const { protocol = 'TCP' } of accepted) given.add(protocol);
    const ingress = [{ ip: fakeAddress, ipMode: 'VIP' }];
    await client.patch(`${path}/status`, 'merge', { status: { loadBalancer: { ingress } } });
    recorder.record(target, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
  };
}

/** Answers over the protocols that the cloud has taken, as long as it has them. */
function networkTo(given: ReadonlySet<string>): FakeNetwork {
  const network = fakeNetwork();
  const listeners = new Set<(hop: Hop) => void>();
  return {
    ...network,
    onHop: (listener) => {
      listeners.add(listener);
      const dispose = () => void listeners.delete(listener);
      return { ready: Promise.resolve(), [Symbol.dispose]: dispose };
    },
    connect: async (from, { protocol, to }) => {
      const source = '192.0.2.10:40000';
      const seenAs = '172.30.0.3:50000';
      const isThere = 'address' in to && to.address === fakeAddress && given.has(protocol);
      const { machine } = 'machine' in from ? from : { machine: '' };
      const outcome: ConnectOutcome = {
        ...{ index: 0, protocol, answers: [], tookMs: 1, local: source },
        result: isThere && machine === 'client' ? 'ok' : 'ECONNREFUSED',
        remote: 'address' in to ? `${to.address}:${to.port}` : '',
        backend: isThere
          ? { pod: 'here/hello', node: 'node-3', self: '', peer: '172.30.0.22:40112' }
          : null,
      };
      const flow = { protocol, source, destination: outcome.remote, node: 'node-2', seenAs };
      const on = { service: 'here/hello', target: '172.30.0.22:30007', mode: 'Proxy' } as const;
      const toPod = fakeHop(flowName(protocol, seenAs), 'kube-proxy', 'pod');
      for (const hop of [...hopsOfFlow({ ...flow, ...on }, 'nftables'), toPod]) {
        for (const listener of outcome.result === 'ok' ? listeners : []) listener(hop);
      }
      return [outcome];
    },
  };
}

function pathOf(kind: string, { metadata }: KubeObject): string {
  return `/api/v1/namespaces/${metadata.namespace ?? ''}/${kind}/${metadata.name}`;
}
