/**
 * The endpoints behind an APIService's Service. Requests go to them and not to its ClusterIP
 * (kube-apiserver: `--enable-aggregator-routing`): where an apiserver runs, there is no kube-proxy.
 */
import { at, listAt, numberAt, textAt, textsAt, type ApiObject } from '../api-object.ts';
import { mirror } from '../mirror.ts';
import { keyOf, keyPrefix, type ApiStore } from '../registry.ts';
import { endpointSlices } from '../resources/endpoints.ts';
import { portsOf, typeOf } from '../resources/service-spec.ts';
import type { ServiceReference } from './api-service.ts';

export interface Endpoint {
  /** An address, without brackets also for IPv6. */
  readonly host: string;
  readonly port: number;
}

export interface Backends extends AsyncDisposable {
  /** Resolves when it shows what is there. */
  readonly synced: Promise<unknown>;
  service(): ApiObject | undefined;
  slices(): readonly ApiObject[];
}

const services = { group: '', plural: 'services', namespaced: true };
const serviceLabel = 'kubernetes.io/service-name';

/** Follows a Service and its EndpointSlices. */
export function followBackends(
  store: ApiStore,
  { namespace, name }: ServiceReference,
  onChange: () => void,
): Backends {
  const key = keyOf(services, namespace, name);
  const followed = mirror(store, keyPrefix(services, namespace), (changed) => {
    if (changed === key) onChange();
  });
  const isIts = (slice: ApiObject) => slice.metadata.labels?.[serviceLabel] === name;
  // A slice that is gone may have been one of its: that is not known any more.
  const slices = mirror(store, keyPrefix(endpointSlices, namespace), (_, entry) => {
    if (!entry || isIts(entry.value)) onChange();
  });
  return {
    synced: Promise.all([followed.synced, slices.synced]),
    service: () => followed.entries.get(key)?.value,
    slices: () => [...slices.entries.values()].map(({ value }) => value).filter(isIts),
    [Symbol.asyncDispose]: async () => {
      await followed[Symbol.asyncDispose]();
      await slices[Symbol.asyncDispose]();
    },
  };
}

/**
 * One of the ready endpoints, at random (upstream: `ResolveEndpoint`).
 *
 * @throws Error in upstream's words where there is none.
 */
export function resolveEndpoint(
  { name, port }: ServiceReference,
  backends: Pick<Backends, 'service' | 'slices'>,
): Endpoint {
  const service = backends.service();
  if (!service) throw new Error(`service "${name}" not found`);
  const portName = portNameOf(service, port);
  if (portName === undefined)
    throw new Error(`no service port ${port} found for service "${name}"`);
  if (typeOf(service) === 'ExternalName')
    throw new Error('unsupported service type "ExternalName"');
  const all = backends.slices().flatMap((slice) => readyEndpoints(slice, portName));
  const chosen = all[Math.floor(Math.random() * all.length)];
  if (!chosen) throw new Error(`no endpoints available for service "${name}"`);
  return chosen;
}

/** The name of a Service's port, by which endpoints know it; undefined where it has no such port. */
export function portNameOf(service: ApiObject, port: number): string | undefined {
  const found = portsOf(service).find((one) => numberAt(one, 'port') === port);
  return found === undefined ? undefined : textAt(found, 'name');
}

/** Whether readiness is unknown or true. */
export function readyEndpoints(slice: ApiObject, portName: string): readonly Endpoint[] {
  if (textAt(slice, 'addressType') === 'FQDN') return [];
  const ports = listAt(slice, 'ports').filter((port) => textAt(port, 'name') === portName);
  const hosts = listAt(slice, 'endpoints')
    .filter((endpoint) => at(endpoint, 'conditions', 'ready') !== false)
    .flatMap((endpoint) => textsAt(endpoint, 'addresses').slice(0, 1));
  return ports.flatMap((port) => hosts.map((host) => ({ host, port: numberAt(port, 'port') })));
}
