/** Endpoints for Services with a selector: what EndpointSlices say, in the form of old. */
import { isDeepStrictEqual } from 'node:util';
import { isRefusal } from '../../../proxies/kit/api/errors.ts';
import {
  endpoints as endpointsKind,
  inNamespace,
  pathOf,
  services as serviceKind,
} from '../objects/collections.ts';
import type { Labels } from '../objects/meta.ts';
import { isFinished, isReady, type Pod } from '../objects/pod.ts';
import {
  isHeadless,
  type EndpointAddress,
  type Endpoints,
  type EndpointSubset,
  type Service,
} from '../objects/service.ts';
import { keyOf } from '../../../proxies/kit/api/watch-cache.ts';
import type { StartController } from '../work/controller.ts';
import { createWorkQueue } from '../../../proxies/kit/api/work-queue.ts';
import { addressOf, hostnameOf, portsOf, targetRefOf } from './pod-endpoints.ts';
import { followServicePods } from './service-pods.ts';
import { keyOfPorts } from './slice-plan.ts';

const managedByLabel = 'endpoints.kubernetes.io/managed-by';
const headlessLabel = 'service.kubernetes.io/headless';
const overCapacity = 'endpoints.kubernetes.io/over-capacity';
const mostAddresses = 1000;

export const startEndpoints: StartController = (cluster, begin) => {
  const { client } = cluster;
  const services = cluster.follow(serviceKind);
  const all = cluster.follow(endpointsKind);
  const queue = createWorkQueue({ name: 'endpoints', begin, reconcile, log: cluster.log });
  const listening = new DisposableStack();
  const servicePods = listening.use(followServicePods(cluster, (key) => queue.add(key)));
  listening.use(all.onChange(({ object }) => queue.add(keyOf(object))));

  async function reconcile(key: string): Promise<undefined> {
    const service = services.get(key);
    const current = all.get(key);
    if (!service) {
      // Those that we made go with their Service; others are their makers' concern.
      if (current?.metadata.labels?.[managedByLabel]) await remove(current);
      return;
    }
    if (!service.spec.selector || service.spec.type === 'ExternalName') return;
    const wanted = endpointsOf(service, servicePods.podsOf(service));
    if (!current) {
      const path = inNamespace(endpointsKind, service.metadata.namespace);
      await client.create(path, wanted);
    } else if (!isSame(current, wanted)) {
      const metadata = { ...current.metadata, labels: wanted.metadata.labels };
      await client.update(pathOf(endpointsKind, current), { ...wanted, metadata });
    }
  }

  async function remove(current: Endpoints): Promise<void> {
    try {
      const { uid } = current.metadata;
      await client.delete(pathOf(endpointsKind, current), { preconditions: { uid } });
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }

  return {
    [Symbol.asyncDispose]: async () => {
      listening.dispose();
      await queue[Symbol.asyncDispose]();
    },
  };
};

function endpointsOf(service: Service, pods: readonly Pod[]): Endpoints {
  const { namespace = '', name } = service.metadata;
  return {
    apiVersion: endpointsKind.apiVersion,
    kind: endpointsKind.kind,
    metadata: { name, namespace, labels: labelsOf(service) },
    subsets: subsetsOf(service, pods),
  };
}

function labelsOf(service: Service): Labels {
  const own = Object.entries(service.metadata.labels ?? {}).filter(
    ([key]) => key !== headlessLabel,
  );
  return {
    ...Object.fromEntries(own),
    [managedByLabel]: 'endpoint-controller',
    ...(isHeadless(service) && { [headlessLabel]: '' }),
  };
}

/** One subset for each set of ports, everything in one order: the same pods always read the same. */
function subsetsOf(service: Service, pods: readonly Pod[]): readonly EndpointSubset[] {
  const publishesAll = service.spec.publishNotReadyAddresses === true;
  const family = service.spec.ipFamilies?.[0] ?? 'IPv4';
  const subsets = new Map<string, Required<EndpointSubset> & Mutable>();
  for (const pod of pods) {
    const ip = addressOf(pod, family);
    if (ip === undefined || (pod.metadata.deletionTimestamp && !publishesAll)) continue;
    const ports = portsOf(service, pod);
    if (ports.length === 0 && (service.spec.ports ?? []).length > 0) continue;
    const isShown = publishesAll || isReady(pod);
    if (!isShown && !mayBecomeReady(pod)) continue;
    const key = keyOfPorts(ports);
    const subset = subsets.get(key) ?? {
      addresses: [],
      notReadyAddresses: [],
      // Unlike a slice's, an unnamed port here has no name at all.
      ports: ports.map(({ name, ...port }) => (name ? { name, ...port } : port)),
    };
    subsets.set(key, subset);
    (isShown ? subset.addresses : subset.notReadyAddresses).push(addressFor(service, pod, ip));
  }
  return [...subsets]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { addresses, notReadyAddresses, ports }]) => ({
      ...(addresses.length > 0 && { addresses: sorted(addresses) }),
      ...(notReadyAddresses.length > 0 && { notReadyAddresses: sorted(notReadyAddresses) }),
      ...(ports.length > 0 && { ports }),
    }));
}

interface Mutable {
  readonly addresses: EndpointAddress[];
  readonly notReadyAddresses: EndpointAddress[];
}

function mayBecomeReady(pod: Pod): boolean {
  switch (pod.spec.restartPolicy) {
    case 'Never':
      return !isFinished(pod);
    case 'OnFailure':
      return pod.status?.phase !== 'Succeeded';
    default:
      return true;
  }
}

function addressFor(service: Service, pod: Pod, ip: string): EndpointAddress {
  const hostname = hostnameOf(service, pod);
  return {
    ip,
    ...(hostname && { hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: targetRefOf(pod),
  };
}

/** In the order of the addresses, and no more than fit. */
function sorted(addresses: readonly EndpointAddress[]): readonly EndpointAddress[] {
  return [...addresses].sort((one, other) => (one.ip < other.ip ? -1 : 1)).slice(0, mostAddresses);
}

function isSame(current: Endpoints, wanted: Endpoints): boolean {
  return (
    isDeepStrictEqual(current.metadata.labels, wanted.metadata.labels) &&
    current.metadata.annotations?.[overCapacity] === undefined &&
    isDeepStrictEqual(current.subsets ?? [], wanted.subsets)
  );
}
