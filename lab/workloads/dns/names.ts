/** What the names of a cluster stand for (Kubernetes DNS-Based Service Discovery, 1.1.0). */
import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { KubeObject } from '../../../proxies/kit/api/api-client.ts';
import { codes, hexOf, types, type Answer, type DnsRecord } from './message.ts';

export interface Service extends KubeObject {
  readonly spec: {
    readonly type?: string;
    readonly clusterIPs?: readonly string[];
    readonly externalName?: string;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly protocol?: string;
    }[];
  };
}

export interface EndpointSlice extends KubeObject {
  readonly ports?:
    | readonly {
        readonly name?: string;
        readonly port?: number;
        readonly protocol?: string;
      }[]
    | null;
  readonly endpoints?:
    | readonly {
        readonly addresses: readonly string[];
        readonly hostname?: string;
        readonly conditions?: { readonly ready?: boolean | null };
      }[]
    | null;
}

/** What is known of the cluster at this moment. */
export interface Cluster {
  service(namespace: string, name: string): Service | undefined;
  services(): readonly Service[];
  slices(namespace: string, service: string): readonly EndpointSlice[];
}

/** A port of an endpoint or of a Service, where a name leads. */
interface Place {
  readonly name: string;
  readonly address: string;
  readonly ports: readonly {
    readonly name: string;
    readonly port: number;
    readonly protocol: string;
  }[];
}

export const zone = 'cluster.local';
const reverseZones = ['in-addr.arpa', 'ip6.arpa'] as const;

/** Refuses what is not the cluster's: nothing is asked outside. */
export function answerName(cluster: Cluster, name: string, type: number): Answer {
  const reverse = reverseZones.find((suffix) => name.endsWith(`.${suffix}`));
  if (reverse !== undefined) return answerReverse(cluster, name, type);
  if (name !== zone && !name.endsWith(`.${zone}`)) return { code: codes.refused, answers: [] };
  const found = recordsOf(cluster, name);
  if (!found) return { code: codes.noSuchName, answers: [], zone };
  const answers = found.filter(
    (record) => type === types.ANY || types[record.type] === type || record.type === 'CNAME',
  );
  const targets = answers.flatMap((record) => (record.type === 'SRV' ? [record.target] : []));
  const additional = targets.flatMap((target) => recordsOf(cluster, target) ?? []);
  return { code: codes.ok, answers, additional, zone };
}

/** Every record of a name; undefined where there is no such name. */
function recordsOf(cluster: Cluster, name: string): readonly DnsRecord[] | undefined {
  const labels = name === zone ? [] : name.slice(0, -zone.length - 1).split('.');
  const kind = labels.pop();
  if (kind === 'dns-version' && labels.length === 0) return [{ name, type: 'TXT', text: '1.1.0' }];
  const namespace = labels.pop();
  if (kind === undefined || namespace === undefined)
    return kind === 'svc' || !kind ? [] : undefined;
  if (kind === 'pod') return podRecords(name, labels);
  const serviceName = labels.pop();
  const service = serviceName === undefined ? undefined : cluster.service(namespace, serviceName);
  if (kind !== 'svc' || !service) return undefined;
  if (service.spec.type === 'ExternalName') {
    const target = service.spec.externalName ?? '';
    return labels.length === 0 ? [{ name, type: 'CNAME', target }] : undefined;
  }
  const places = placesOf(cluster, service);
  if (labels.length === 0) return places.map(({ address }) => addressRecord(name, address));
  if (labels.length === 1) {
    const own = places.filter((place) => place.name === name);
    return own.length > 0 ? own.map(({ address }) => addressRecord(name, address)) : undefined;
  }
  return serviceRecords(name, places, labels);
}

/** `_http._tcp` before a Service's name. */
function serviceRecords(
  name: string,
  places: readonly Place[],
  [portLabel = '', protocolLabel = '', ...more]: readonly string[],
): readonly DnsRecord[] | undefined {
  const found = places.flatMap((place) =>
    place.ports
      .filter(
        (port) =>
          `_${port.name}` === portLabel && `_${port.protocol.toLowerCase()}` === protocolLabel,
      )
      .map(({ port }): DnsRecord => ({ name, type: 'SRV', port, target: place.name })),
  );
  const once = [...new Map(found.map((record) => [JSON.stringify(record), record])).values()];
  return more.length === 0 && once.length > 0 ? once : undefined;
}

/** `10-244-1-7.shop.pod.cluster.local`: the address is in the name. */
function podRecords(
  name: string,
  [dashed, ...more]: readonly string[],
): readonly DnsRecord[] | undefined {
  if (dashed === undefined || more.length > 0) return undefined;
  const address = [dashed.replaceAll('-', '.'), dashed.replaceAll('-', ':')].find(isIP);
  return address === undefined ? undefined : [addressRecord(name, address)];
}

/** The Service's own addresses; a headless one's are those of its endpoints. */
function placesOf(cluster: Cluster, service: Service): readonly Place[] {
  const { name, namespace = '' } = service.metadata;
  const base = `${name}.${namespace}.svc.${zone}`;
  const { clusterIPs = [], ports = [] } = service.spec;
  if (clusterIPs[0] !== 'None') {
    const own = ports.map((port) => ({
      name: port.name ?? '',
      port: port.port,
      protocol: port.protocol ?? 'TCP',
    }));
    return clusterIPs.map((address) => ({ name: base, address, ports: own }));
  }
  return cluster.slices(namespace, name).flatMap((slice) => {
    const own = (slice.ports ?? []).map((port) => ({
      name: port.name ?? '',
      port: port.port ?? 0,
      protocol: port.protocol ?? 'TCP',
    }));
    return (slice.endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses, hostname }) =>
        addresses.map((address) => ({
          name: `${hostname ?? address.replaceAll(/[.:]/g, '-')}.${base}`,
          address,
          ports: own,
        })),
      );
  });
}

function answerReverse(cluster: Cluster, name: string, type: number): Answer {
  const owner = cluster
    .services()
    .find(({ spec }) => spec.clusterIPs?.some((address) => reverseName(address) === name));
  if (!owner) return { code: codes.noSuchName, answers: [] };
  const { name: service, namespace = '' } = owner.metadata;
  const target = `${service}.${namespace}.svc.${zone}`;
  const isAsked = type === types.PTR || type === types.ANY;
  return { code: codes.ok, answers: isAsked ? [{ name, type: 'PTR', target }] : [] };
}

function reverseName(address: string): string {
  if (isIPv4(address)) return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  if (isIPv6(address)) return `${Array.from(hexOf(address)).reverse().join('.')}.ip6.arpa`;
  return '';
}

function addressRecord(name: string, address: string): DnsRecord {
  return { name, type: isIPv6(address) ? 'AAAA' : 'A', address };
}
