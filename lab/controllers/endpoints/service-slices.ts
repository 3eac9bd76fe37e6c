/** EndpointSlices for Services with a selector. */
import { isDeepStrictEqual } from 'node:util';
import type { Informer } from '../../../proxies/kit/api/informer.ts';
import {
  endpointSlices,
  nodes as nodeKind,
  services as serviceKind,
} from '../objects/collections.ts';
import type { Labels } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import type { Pod } from '../objects/pod.ts';
import { isHeadless, type Endpoint, type EndpointSlice, type Service } from '../objects/service.ts';
import type { StartController } from '../work/controller.ts';
import { lookUp } from '../work/lookup.ts';
import { createWorkQueue } from '../../../proxies/kit/api/work-queue.ts';
import { addressOf, endpointOf, isEndpoint, portsOf } from './pod-endpoints.ts';
import { keyOfPorts, planSlices, type EndpointGroup } from './slice-plan.ts';
import { createSliceWriter, managedByLabel, serviceNameLabel } from './slice-writer.ts';
import { followServicePods } from './service-pods.ts';
import { withHints } from './topology-hints.ts';

const manager = 'endpointslice-controller.k8s.io';
const headlessLabel = 'service.kubernetes.io/headless';

export const startServiceSlices: StartController = (cluster, begin) => {
  const slices = cluster.follow(endpointSlices);
  const nodes = cluster.follow(nodeKind);
  const services = cluster.follow(serviceKind);
  const ownSlices = lookUp(slices, (slice) =>
    slice.metadata.labels?.[managedByLabel] === manager ? [serviceKeyOf(slice)] : [],
  );
  const writer = createSliceWriter(cluster, slices);
  const queue = createWorkQueue({ name: 'endpointslice', begin, reconcile, log: cluster.log });
  const listening = new DisposableStack();
  const servicePods = listening.use(followServicePods(cluster, (key) => queue.add(key)));
  listening.use(
    slices.onChange(({ object }) => {
      if (object.metadata.labels?.[managedByLabel] === manager) queue.add(serviceKeyOf(object));
    }),
  );
  // A node's zone may be told after its pods.
  listening.use(
    nodes.onChange((change) => {
      const before = change.type === 'changed' ? change.previous.metadata.labels : undefined;
      if (isDeepStrictEqual(before, change.object.metadata.labels)) return;
      for (const pod of servicePods.onNode(change.object.metadata.name)) {
        for (const key of servicePods.servicesOf(pod)) queue.add(key);
      }
    }),
  );

  async function reconcile(key: string): Promise<undefined> {
    const service = services.get(key);
    // Slices of a Service that is gone are garbage; without a selector they are somebody else's.
    if (!service?.spec.selector || service.spec.type === 'ExternalName') return;
    // Its write comes back through the watch, and then we are called again.
    if (service.metadata.deletionTimestamp || !writer.isCurrent(key)) return;
    const existing = ownSlices.get(key);
    const labels = labelsOf(service);
    const { ipFamilies = ['IPv4'] } = service.spec;
    const groups = groupsOf(service, ipFamilies, servicePods.podsOf(service), nodes);
    const plan = planSlices(ipFamilies, groups, existing, (slice) =>
      isDeepStrictEqual(slice.metadata.labels, labels),
    );
    await writer.write({ kind: serviceKind, object: service, labels }, plan);
  }

  return {
    [Symbol.asyncDispose]: async () => {
      listening.dispose();
      await queue[Symbol.asyncDispose]();
    },
  };
};

function serviceKeyOf({ metadata }: EndpointSlice): string {
  return `${metadata.namespace ?? ''}/${metadata.labels?.[serviceNameLabel] ?? ''}`;
}

/** The Service's labels, but for those that are reserved to slices. */
function labelsOf(service: Service): Labels {
  const { name, labels = {} } = service.metadata;
  const own = Object.entries(labels).filter(
    ([key]) => ![serviceNameLabel, managedByLabel, headlessLabel].includes(key),
  );
  return {
    ...Object.fromEntries(own),
    [managedByLabel]: manager,
    [serviceNameLabel]: name,
    ...(isHeadless(service) && { [headlessLabel]: '' }),
  };
}

function groupsOf(
  service: Service,
  families: readonly string[],
  pods: readonly Pod[],
  nodes: Informer<Node>,
): readonly EndpointGroup[] {
  const groups = new Map<string, EndpointGroup & { readonly endpoints: Endpoint[] }>();
  for (const pod of pods.filter(isEndpoint)) {
    const ports = portsOf(service, pod);
    // A pod that serves none of the ports is no endpoint, unless there are none to serve.
    if (ports.length === 0 && (service.spec.ports ?? []).length > 0) continue;
    const node = nodes.get(pod.spec.nodeName ?? '');
    for (const addressType of families) {
      const address = addressOf(pod, addressType);
      if (address === undefined) continue;
      const key = `${addressType} ${keyOfPorts(ports)}`;
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] };
      groups.set(key, group);
      const endpoint = endpointOf(service, pod, address, node);
      group.endpoints.push(withHints(endpoint, service.spec.trafficDistribution));
    }
  }
  return [...groups.values()];
}
