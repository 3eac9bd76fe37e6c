/** The Services of one IP family. */
import type { Family, ServicePortState } from '../service-port.ts';
import type { EndpointSlice, Service } from './api-objects.ts';
import { isSameSlice, readSlice, triggerTimeOf, type ReadSlice } from './read-slice.ts';
import { readService } from './read-service.ts';
import {
  countLocalReadyIPs,
  createServiceEntry,
  isGone,
  isSamePort,
  missesLocal,
  statesOf,
  udpPortsOf,
  type ServiceEntry,
} from './service-entry.ts';
import type {
  ChangeCounts,
  HealthCheckNodePort,
  ServiceChanges,
  ServiceTrackerOptions,
  UdpPort,
} from './service-tracker.ts';

export interface FamilyTracker {
  readonly family: Family;
  serviceChanged(service: Service | null, key: string): boolean;
  sliceChanged(slice: EndpointSlice | null, key: string): boolean;
  zoneChanged(zone: string): boolean;
  takeChanges(): ServiceChanges;
  toldPorts(key?: string): readonly ServicePortState[];
  healthCheckNodePorts(): readonly HealthCheckNodePort[];
  udpPorts(): readonly UdpPort[];
  noLocalEndpoints(): { readonly internal: number; readonly external: number };
  changeCounts(): ChangeCounts;
}

export function createFamilyTracker(
  options: Required<Omit<ServiceTrackerOptions, 'families'>> & { readonly family: Family },
): FamilyTracker {
  const { family, nodeName, log } = options;
  const entries = new Map<string, ServiceEntry>();
  const slices = new Map<string, ReadSlice>();
  /** Entries to be looked at in the next take. */
  const dirty = new Set<ServiceEntry>();
  const changedServices = new Set<ServiceEntry>();
  const triggerTimes = new Map<ServiceEntry, number[]>();
  const withHealthCheck = new Set<ServiceEntry>();
  const missing = { internal: 0, external: 0 };
  const total = { services: 0, endpoints: 0 };
  let endpointsPending = 0;
  let zone = '';

  const entryOf = (key: string) => {
    const found = entries.get(key);
    if (found) return found;
    const entry = createServiceEntry(key);
    entries.set(key, entry);
    return entry;
  };

  const serviceChanged = (service: Service | null, key: string) => {
    total.services++;
    const read = service ? readService(service, options) : { ports: [], healthCheckNodePort: 0 };
    const known = entries.get(key);
    if (!known && read.ports.length === 0) return false;
    const entry = known ?? entryOf(key);
    const isSameHealthCheck = entry.healthCheckNodePort === read.healthCheckNodePort;
    const isSame =
      isSameHealthCheck &&
      entry.ports.length === read.ports.length &&
      entry.ports.every((port, index) => {
        const other = read.ports[index];
        return other !== undefined && isSamePort(port, other);
      });
    if (isSame) return false;
    // What did not change stays the object that was told: that is how it is known to be the same.
    entry.ports = read.ports.map((port) => entry.told.find((old) => isSamePort(old, port)) ?? port);
    entry.healthCheckNodePort = read.healthCheckNodePort;
    changedServices.add(entry);
    dirty.add(entry);
    return true;
  };

  const putSlice = (read: ReadSlice) => {
    slices.set(read.key, read);
    const entry = entryOf(read.serviceKey);
    entry.slices = [...entry.slices.filter(({ key }) => key !== read.key), read].sort(byKey);
    dirty.add(entry);
    return entry;
  };
  const dropSlice = ({ key, serviceKey }: ReadSlice) => {
    slices.delete(key);
    const entry = entryOf(serviceKey);
    entry.slices = entry.slices.filter((slice) => slice.key !== key);
    dirty.add(entry);
    return entry;
  };

  const sliceChanged = (slice: EndpointSlice | null, key: string) => {
    if (slice && slice.addressType !== family) return false;
    const previous = slices.get(key);
    const read = slice && readSlice(slice, key, nodeName, log);
    if (!previous && !read) return false;
    total.endpoints++;
    if (previous && read && isSameSlice(previous, read)) return false;
    endpointsPending++;
    if (previous && previous.serviceKey !== read?.serviceKey) {
      // The time of a deletion is not known: what is, is that of the change before.
      triggerTimes.delete(dropSlice(previous));
    }
    if (slice && read) {
      const entry = putSlice(read);
      const time = triggerTimeOf(slice);
      if (time !== null) triggerTimes.set(entry, [...(triggerTimes.get(entry) ?? []), time]);
    }
    return true;
  };

  const zoneChanged = (next: string) => {
    if (zone === next) return false;
    zone = next;
    const before = dirty.size;
    for (const entry of entries.values()) if (hasZoneHints(entry)) dirty.add(entry);
    return dirty.size > before;
  };

  const countMissing = (states: readonly ServicePortState[], by: 1 | -1) => {
    for (const state of states) {
      const { internal, external } = missesLocal(state);
      if (internal) missing.internal += by;
      if (external) missing.external += by;
    }
  };

  const takeChanges = (): ServiceChanges => {
    const changed: ServicePortState[] = [];
    const removed: string[] = [];
    const udp: UdpPort[] = [];
    const place = { nodeName, zone };
    for (const entry of dirty) {
      const states = statesOf(entry, place);
      for (const state of states) if (!entry.told.includes(state)) changed.push(state);
      for (const { key } of entry.told) {
        if (!states.some((state) => state.key === key)) removed.push(key);
      }
      countMissing(entry.told, -1);
      countMissing(states, 1);
      entry.told = states;
      entry.ports = states;
      udp.push(...udpPortsOf(entry));
      if (entry.healthCheckNodePort === 0) withHealthCheck.delete(entry);
      else {
        withHealthCheck.add(entry);
        entry.localReadyIPs = countLocalReadyIPs(entry);
      }
      if (isGone(entry)) entries.delete(entry.key);
    }
    const taken = {
      changed,
      removed,
      udp,
      triggerTimesMs: [...triggerTimes.values()].flat().sort((a, b) => a - b),
      services: dirty.size,
    };
    dirty.clear();
    changedServices.clear();
    triggerTimes.clear();
    endpointsPending = 0;
    return taken;
  };

  return {
    family,
    serviceChanged,
    sliceChanged,
    zoneChanged,
    takeChanges,
    toldPorts: (key) =>
      key === undefined
        ? [...entries.values()].flatMap(({ told }) => told)
        : (entries.get(key)?.told ?? []),
    healthCheckNodePorts: () => [...withHealthCheck].map(healthCheckOf),
    udpPorts: () => [...entries.values()].flatMap(udpPortsOf),
    noLocalEndpoints: () => ({ ...missing }),
    changeCounts: () => ({
      servicesTotal: total.services,
      servicesPending: changedServices.size,
      endpointsTotal: total.endpoints,
      endpointsPending,
    }),
  };
}

function byKey(a: ReadSlice, b: ReadSlice): number {
  return a.key < b.key ? -1 : 1;
}

function hasZoneHints({ slices }: ServiceEntry): boolean {
  return slices.some(({ endpoints }) => endpoints.some(({ zones }) => zones !== null));
}

function healthCheckOf(entry: ServiceEntry): HealthCheckNodePort {
  const [namespace = '', name = ''] = entry.key.split('/');
  return { namespace, name, port: entry.healthCheckNodePort, localEndpoints: entry.localReadyIPs };
}
