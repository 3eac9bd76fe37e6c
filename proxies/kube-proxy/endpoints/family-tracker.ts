/** The Services of one IP family. */
import type { Family, ServicePortState } from '../service-port.ts';
import type { EndpointSlice, Service } from './api-objects.ts';
import { isSameSlice, readSlice, type ReadSlice } from './read-slice.ts';
import { readService, type ReadService, type ServiceReader } from './read-service.ts';
import {
  createServiceEntry,
  healthCheckOf,
  isGone,
  isSamePort,
  isUdpStale,
  statesOf,
  udpGoneFrom,
  udpPortsOf,
  type ServiceEntry,
} from './service-entry.ts';
import type {
  ChangeCounts,
  HealthCheckNodePort,
  PolicyCounts,
  ServiceChanges,
  UdpPort,
} from './service-changes.ts';
import { createMissingLocalCounter } from './missing-local.ts';
import { createTriggerTimes } from './trigger-times.ts';

export interface FamilyTracker {
  readonly family: Family;
  serviceChanged(service: Service | null, key: string): boolean;
  sliceChanged(slice: EndpointSlice | null, key: string): boolean;
  zoneChanged(zone: string): boolean;
  takeChanges(): ServiceChanges;
  toldPorts(key?: string): readonly ServicePortState[];
  healthCheckNodePorts(): readonly HealthCheckNodePort[];
  udpPorts(): readonly UdpPort[];
  noLocalEndpoints(): PolicyCounts;
  changeCounts(): ChangeCounts;
}

const nothing: ReadService = { ports: [], healthCheckNodePort: 0 };

export interface FamilyTrackerOptions extends ServiceReader {
  readonly nodeName: string;
}

export function createFamilyTracker(options: FamilyTrackerOptions): FamilyTracker {
  const { family, nodeName, log } = options;
  const entries = new Map<string, ServiceEntry>();
  const slices = new Map<string, ReadSlice>();
  /** Entries to be looked at in the next take. */
  const dirty = new Set<ServiceEntry>();
  const changedServices = new Set<ServiceEntry>();
  const triggerTimes = createTriggerTimes();
  const healthChecks = new Map<string, HealthCheckNodePort>();
  const missingLocal = createMissingLocalCounter();
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
    const read = service ? readService(service, options) : nothing;
    if (!entries.has(key) && read.ports.length === 0) return false;
    const entry = entryOf(key);
    if (asksForTheSame(entry, read)) return false;
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
    const others = entry.slices.filter(({ key }) => key !== read.key);
    entry.slices = others.length === 0 ? [read] : [...others, read].sort(byKey);
    dirty.add(entry);
  };
  const dropSlice = ({ key, serviceKey }: ReadSlice) => {
    slices.delete(key);
    const entry = entryOf(serviceKey);
    entry.slices = entry.slices.filter((slice) => slice.key !== key);
    dirty.add(entry);
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
      dropSlice(previous);
      triggerTimes.forget(previous.serviceKey);
    }
    if (slice && read) {
      putSlice(read);
      triggerTimes.add(read.serviceKey, slice);
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

  const takeChanges = (): ServiceChanges => {
    const changed: ServicePortState[] = [];
    const removed: string[] = [];
    let isStale = false;
    const udpGone: UdpPort[] = [];
    const place = { nodeName, zone };
    for (const entry of dirty) {
      const states = statesOf(entry, place);
      for (const state of states) if (!entry.told.includes(state)) changed.push(state);
      for (const { key } of entry.told) {
        if (!states.some((state) => state.key === key)) removed.push(key);
      }
      missingLocal.replace(entry.told, states);
      udpGone.push(...udpGoneFrom(entry.told, states));
      entry.told = states;
      entry.ports = states;
      const udp = udpPortsOf(entry);
      isStale ||= isUdpStale(entry.udp, udp);
      entry.udp = udp;
      const healthCheck = healthCheckOf(entry);
      if (healthCheck) healthChecks.set(entry.key, healthCheck);
      else healthChecks.delete(entry.key);
      if (isGone(entry)) entries.delete(entry.key);
    }
    const taken = {
      changed,
      removed,
      isUdpStale: isStale,
      udpGone,
      triggerTimesMs: triggerTimes.take(),
      services: dirty.size,
    };
    dirty.clear();
    changedServices.clear();
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
    healthCheckNodePorts: () => [...healthChecks.values()],
    udpPorts: () => [...entries.values()].flatMap(({ udp }) => udp),
    noLocalEndpoints: () => ({ ...missingLocal.counts }),
    changeCounts: () => ({
      servicesTotal: total.services,
      servicesPending: changedServices.size,
      endpointsTotal: total.endpoints,
      endpointsPending,
    }),
  };
}

function asksForTheSame(entry: ServiceEntry, read: ReadService): boolean {
  return (
    entry.healthCheckNodePort === read.healthCheckNodePort &&
    entry.ports.length === read.ports.length &&
    entry.ports.every((port, index) => {
      const other = read.ports[index];
      return other !== undefined && isSamePort(port, other);
    })
  );
}

function byKey(a: ReadSlice, b: ReadSlice): number {
  return a.key < b.key ? -1 : 1;
}

function hasZoneHints({ slices }: ServiceEntry): boolean {
  return slices.some(({ endpoints }) => endpoints.some(({ zones }) => zones !== null));
}
