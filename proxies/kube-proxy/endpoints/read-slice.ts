/** An EndpointSlice as it is remembered: small, of one IP family, and comparable. */
import { families, type Family, type Transport } from '../service-port.ts';
import { isProxied, serviceNameLabel, type EndpointSlice } from './api-objects.ts';
import type { Endpoint } from './endpoint.ts';
import { addressIn } from './ip-address.ts';
import { transportOf } from './transport.ts';

/** The number at which a slice's endpoints serve a port of the Service: a named `targetPort` resolved. */
export interface SlicePort {
  /** The Service port's name. */
  readonly name: string;
  readonly protocol: Transport;
  readonly port: number;
}

export interface ReadSlice {
  /** `namespace/name` of the slice. */
  readonly key: string;
  /** `namespace/name` of its Service. */
  readonly serviceKey: string;
  readonly family: Family;
  readonly ports: readonly SlicePort[];
  readonly endpoints: readonly Endpoint[];
}

/** @returns null for one that no Service's traffic follows: headless, FQDN, or of no Service. */
export function readSlice(
  slice: EndpointSlice,
  key: string,
  nodeName: string,
  log: (line: string) => void,
): ReadSlice | null {
  const { labels, namespace = '' } = slice.metadata;
  const serviceName = labels?.[serviceNameLabel];
  const family = families.find((name) => name === slice.addressType);
  if (!serviceName || !family || !isProxied(slice)) return null;
  return {
    key,
    serviceKey: `${namespace}/${serviceName}`,
    family,
    ports: readPorts(slice, key, log),
    endpoints: readEndpoints(slice, key, family, nodeName, log),
  };
}

/** Whether two readings of a slice come to the same. */
export function isSameSlice(a: ReadSlice, b: ReadSlice): boolean {
  return (
    a.serviceKey === b.serviceKey &&
    a.family === b.family &&
    isSameList(a.ports, b.ports, isSamePort) &&
    isSameList(a.endpoints, b.endpoints, isSameEndpoint)
  );
}

function readPorts(slice: EndpointSlice, key: string, log: (line: string) => void): SlicePort[] {
  const ports: SlicePort[] = [];
  for (const { name, protocol: text, port } of slice.ports ?? []) {
    const protocol = transportOf(text);
    if (protocol && port) ports.push({ name: name ?? '', protocol, port });
    else log(`EndpointSlice ${key}: port "${name ?? ''}" is ignored: it has no number or protocol`);
  }
  // Pushed to, an array has room for more: not what is kept.
  return ports.slice();
}

function readEndpoints(
  slice: EndpointSlice,
  key: string,
  family: Family,
  nodeName: string,
  log: (line: string) => void,
): Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (const { addresses, conditions, nodeName: runsOn, hints } of slice.endpoints ?? []) {
    // All addresses of an endpoint are the same place: the first stands for it.
    const [text = ''] = addresses;
    const address = addressIn(family, text);
    if (address === null) {
      log(`EndpointSlice ${key}: address "${text}" is ignored: it is not of family ${family}`);
      continue;
    }
    endpoints.push({
      address,
      isLocal: runsOn === nodeName,
      isReady: conditions?.ready ?? true,
      isServing: conditions?.serving ?? true,
      isTerminating: conditions?.terminating ?? false,
      zones: namesOf(hints?.forZones),
      nodes: namesOf(hints?.forNodes),
    });
  }
  return endpoints.slice();
}

function namesOf(
  hints: readonly { readonly name: string }[] | null | undefined,
): readonly string[] | null {
  return hints && hints.length > 0 ? hints.map(({ name }) => name) : null;
}

function isSamePort(a: SlicePort, b: SlicePort): boolean {
  return a.port === b.port && a.name === b.name && a.protocol === b.protocol;
}

function isSameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return (
    a.address === b.address &&
    a.isLocal === b.isLocal &&
    a.isReady === b.isReady &&
    a.isServing === b.isServing &&
    a.isTerminating === b.isTerminating &&
    isSameHint(a.zones, b.zones) &&
    isSameHint(a.nodes, b.nodes)
  );
}

function isSameHint(a: readonly string[] | null, b: readonly string[] | null): boolean {
  return a === b || (a !== null && b !== null && isSameList(a, b, Object.is));
}

function isSameList<T>(a: readonly T[], b: readonly T[], isSame: (a: T, b: T) => boolean): boolean {
  return (
    a.length === b.length &&
    a.every((item, index) => {
      const other = b[index];
      return other !== undefined && isSame(item, other);
    })
  );
}
