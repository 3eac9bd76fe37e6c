/** EndpointSlices for Endpoints that were made by hand, for Services without a selector. */
import { isIPv6 } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { isRefusal } from '../../../proxies/kit/api/errors.ts';
import { keyOf } from '../../../proxies/kit/api/watch-cache.ts';
import {
  endpoints as endpointsKind,
  endpointSlices,
  pathOf,
  services as serviceKind,
} from '../objects/collections.ts';
import type { Labels } from '../objects/meta.ts';
import type {
  Endpoint,
  EndpointAddress,
  Endpoints,
  EndpointSlice,
  Service,
} from '../objects/service.ts';
import type { StartController } from '../work/controller.ts';
import { lookUp } from '../work/lookup.ts';
import { createWorkQueue } from '../../../proxies/kit/api/work-queue.ts';
import { planSlices, type EndpointGroup } from './slice-plan.ts';
import { createSliceWriter, managedByLabel, serviceNameLabel } from './slice-writer.ts';

const manager = 'endpointslicemirroring-controller.k8s.io';
const skipLabel = 'endpointslice.kubernetes.io/skip-mirror';
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
/** `--mirroring-max-endpoints-per-subset`. */
const mostPerSubset = 1000;

export const startMirroredSlices: StartController = (cluster, begin) => {
  const slices = cluster.follow(endpointSlices);
  const services = cluster.follow(serviceKind);
  const all = cluster.follow(endpointsKind);
  const ownSlices = lookUp(slices, (slice) => (isOwn(slice) ? [serviceKeyOf(slice)] : []));
  const writer = createSliceWriter(cluster, slices);
  const queue = createWorkQueue({
    name: 'endpointslicemirroring',
    begin,
    reconcile,
    log: cluster.log,
  });
  const listening = new DisposableStack();
  listening.use(all.onChange(({ object }) => queue.add(keyOf(object))));
  listening.use(services.onChange(({ object }) => queue.add(keyOf(object))));
  listening.use(
    slices.onChange(({ object }) => {
      if (isOwn(object)) queue.add(serviceKeyOf(object));
    }),
  );

  async function reconcile(key: string): Promise<undefined> {
    if (!writer.isCurrent(key)) return;
    const existing = ownSlices.get(key);
    const source = all.get(key);
    if (!source || !isMirrored(source, services.get(key))) {
      await Promise.all(existing.map(remove));
      return;
    }
    const labels = labelsOf(source);
    const groups = groupsOf(source);
    const families = [...new Set(groups.map(({ addressType }) => addressType))];
    const plan = planSlices(families, groups, existing, (slice) =>
      isDeepStrictEqual(slice.metadata.labels, labels),
    );
    const annotations = annotationsOf(source);
    await writer.write({ kind: endpointsKind, object: source, labels, annotations }, plan);
  }

  async function remove(slice: EndpointSlice): Promise<void> {
    try {
      await cluster.client.delete(pathOf(endpointSlices, slice));
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

function isOwn({ metadata }: EndpointSlice): boolean {
  return metadata.labels?.[managedByLabel] === manager;
}

function serviceKeyOf({ metadata }: EndpointSlice): string {
  return `${metadata.namespace ?? ''}/${metadata.labels?.[serviceNameLabel] ?? ''}`;
}

function isMirrored({ metadata }: Endpoints, service: Service | undefined): boolean {
  return (
    service !== undefined &&
    !service.spec.selector &&
    metadata.labels?.[skipLabel] !== 'true' &&
    metadata.annotations?.[leaderAnnotation] === undefined
  );
}

function labelsOf({ metadata }: Endpoints): Labels {
  return { ...metadata.labels, [managedByLabel]: manager, [serviceNameLabel]: metadata.name };
}

function annotationsOf({ metadata }: Endpoints): Labels {
  const kept = Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== lastApplied);
  return Object.fromEntries(kept);
}

function groupsOf({ subsets }: Endpoints): readonly EndpointGroup[] {
  return (subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) => {
    const endpoints = [
      ...addresses.map((address) => endpointOf(address, true)),
      ...notReadyAddresses.map((address) => endpointOf(address, false)),
    ].slice(0, mostPerSubset);
    const families = Map.groupBy(endpoints, ({ addresses: [ip = ''] }) =>
      isIPv6(ip) ? 'IPv6' : 'IPv4',
    );
    // Servers fill in what is left out: compare with what they will show.
    const named = ports.map((port) => ({
      ...port,
      name: port.name ?? '',
      protocol: port.protocol ?? 'TCP',
    }));
    return [...families].map(([addressType, own]) => ({
      addressType,
      ports: named,
      endpoints: own,
    }));
  });
}

function endpointOf(address: EndpointAddress, isReady: boolean): Endpoint {
  const { ip, hostname, nodeName, targetRef } = address;
  return {
    addresses: [ip],
    conditions: { ready: isReady },
    ...(hostname && { hostname }),
    ...(nodeName && { nodeName }),
    ...(targetRef && { targetRef }),
  };
}
