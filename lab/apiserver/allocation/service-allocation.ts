/** Addresses and ports of Services (upstream: `pkg/registry/core/service/storage/alloc.go`). */
import { numberAt, type ApiObject } from '../api-object.ts';
import type { Allocation, AllocationRequest } from '../resource.ts';
import type { ApiStore } from '../registry.ts';
import {
  allocatesNodePorts,
  clusterIpsOf,
  familiesOf,
  healthPortOf,
  isExternal,
  isHeadless,
  needsClusterIp,
  needsHealthPort,
  nodePortsOf,
  portsOf,
  withSpec,
} from '../resources/service-spec.ts';
import { keepAllocated, normalizeClusterIps, withNodePort } from '../resources/service-update.ts';
import { formatIp, parseIp } from '../../../proxies/kit/ip.ts';
import { release, type ClaimKind } from './claims.ts';
import { completeFamilies } from './ip-families.ts';
import { openReservation, type Reservation } from './reservation.ts';

/**
 * Gives a Service what its type calls for, and finds out what it no longer needs.
 *
 * @throws StatusError 422 when what is asked for is taken or out of range.
 */
export async function allocateService(request: AllocationRequest): Promise<Allocation> {
  const { store, settings, old } = request;
  const kept = old ? keepAllocated(request.object, old) : request.object;
  const complete = completeFamilies(normalizeClusterIps(kept, old), old, settings);
  const owner = ownerOf(complete);
  const reservation = openReservation(request, owner);
  try {
    const addressed = await addAddresses(complete, old, reservation);
    const object = await addHealthPort(
      await addNodePorts(addressed, old, reservation),
      old,
      reservation,
    );
    const needed = new Set(claimsOf(object).map(({ kind, what }) => `${kind}/${what}`));
    const unneeded = (old ? claimsOf(old) : []).filter(
      ({ kind, what }) => !needed.has(`${kind}/${what}`),
    );
    return {
      object,
      commit: async () => {
        if (request.isDryRun) return;
        for (const { kind, what } of unneeded) await release(store, kind, what, owner);
      },
      revert: () => reservation.revert(),
    };
  } catch (error) {
    await reservation.revert();
    throw error;
  }
}

/** Gives back everything that a Service had. */
export async function releaseService(store: ApiStore, service: ApiObject): Promise<void> {
  const owner = ownerOf(service);
  for (const { kind, what } of claimsOf(service)) await release(store, kind, what, owner);
}

/** What a Service holds. */
export function claimsOf(
  service: ApiObject,
): readonly { readonly kind: ClaimKind; readonly what: string }[] {
  const ips = needsClusterIp(service)
    ? clusterIpsOf(service).flatMap((ip) => parseIp(ip) ?? [])
    : [];
  const health = healthPortOf(service);
  const ports = new Set([...nodePortsOf(service), ...(health === 0 ? [] : [health])]);
  return [
    ...ips.map((ip) => ({ kind: 'clusterips', what: formatIp(ip) }) as const),
    ...[...ports].map((port) => ({ kind: 'nodeports', what: String(port) }) as const),
  ];
}

export function ownerOf({ metadata }: ApiObject) {
  return { namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid ?? '' };
}

async function addAddresses(
  service: ApiObject,
  old: ApiObject | undefined,
  reservation: Reservation,
): Promise<ApiObject> {
  if (!needsClusterIp(service) || isHeadless(service)) return service;
  if (old && isHeadless(old)) return service;
  const before = old && needsClusterIp(old) ? clusterIpsOf(old) : [];
  const given = clusterIpsOf(service);
  const clusterIPs: string[] = [];
  for (const [index, family] of familiesOf(service).entries()) {
    const asked = given[index] ?? '';
    // What has been given once does not change: validation says so to who tries.
    const isGiven = asked !== '' && before[index] !== undefined;
    clusterIPs.push(isGiven ? asked : await reservation.address(family, asked, service));
  }
  return withSpec(service, { clusterIP: clusterIPs[0], clusterIPs });
}

async function addNodePorts(
  service: ApiObject,
  old: ApiObject | undefined,
  reservation: Reservation,
): Promise<ApiObject> {
  if (!isExternal(service)) return service;
  const before = new Set(old ? nodePortsOf(old) : []);
  const taken = new Set<number>();
  /** One node port serves all protocols of a port, at creation. */
  const byPort = new Map<number, number>();
  const ports = [];
  for (const [index, port] of portsOf(service).entries()) {
    const number = numberAt(port, 'port');
    const asked = numberAt(port, 'nodePort') || (old ? 0 : askedFor(service, number));
    if (asked === 0 && !allocatesNodePorts(service)) {
      ports.push(port);
      continue;
    }
    const shared = old ? undefined : byPort.get(number);
    const nodePort = asked || (shared ?? (await reservation.anyPort('nodePort')));
    if (asked !== 0 && !before.has(asked) && !taken.has(asked)) {
      await reservation.port(asked, `spec.ports[${index}].nodePort`, service);
    }
    taken.add(nodePort);
    byPort.set(number, nodePort);
    ports.push(withNodePort(port, nodePort));
  }
  return withSpec(service, { ports });
}

/** What another protocol of the same port asks for. */
function askedFor(service: ApiObject, number: number): number {
  const found = portsOf(service).find(
    (port) => numberAt(port, 'port') === number && numberAt(port, 'nodePort') !== 0,
  );
  return numberAt(found, 'nodePort');
}

async function addHealthPort(
  service: ApiObject,
  old: ApiObject | undefined,
  reservation: Reservation,
): Promise<ApiObject> {
  if (!needsHealthPort(service) || (old && needsHealthPort(old))) return service;
  const asked = healthPortOf(service);
  if (asked !== 0) {
    await reservation.healthPort(asked);
    return service;
  }
  return withSpec(service, {
    healthCheckNodePort: await reservation.anyPort('HealthCheck NodePort'),
  });
}
