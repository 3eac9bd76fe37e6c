/** What the EndpointSlices of a Service come to, as Kubernetes 1.37 reads them. */
import type { EndpointAddress, EndpointSubset } from '../lookup.ts';

/** As much of an EndpointSlice as matters here. */
export interface FoundEndpointSlice {
  /** `IPv4`, `IPv6` or `FQDN`. */
  readonly addressType: string;
  readonly endpoints?:
    | readonly {
        readonly addresses: readonly string[];
        readonly conditions?: { readonly ready?: boolean | null | undefined } | null | undefined;
        readonly targetRef?: EndpointAddress['targetRef'] | null | undefined;
      }[]
    | null
    | undefined;
  readonly ports?:
    readonly { readonly name?: string | null; readonly port?: number | null }[] | null | undefined;
}

/**
 * One subset per slice: its ready endpoints, and its ports by their names. Slices of the Service's first
 * IP family come alone, unless nothing is ready in them.
 *
 * @param ipFamilies the Service's `spec.ipFamilies`
 * @example subsetsOfSlices(slices, ['IPv6', 'IPv4'])
 *   // [{ addresses: [{ ip: 'fd00:10:244:1::5', targetRef: … }], ports: [{ name: 'http', port: 8080 }] }]
 */
export function subsetsOfSlices(
  slices: readonly FoundEndpointSlice[],
  ipFamilies: readonly string[] = [],
): readonly EndpointSubset[] {
  const ofIp = slices.filter(({ addressType }) => addressType === 'IPv4' || addressType === 'IPv6');
  const [primary = ofIp[0]?.addressType] = ipFamilies;
  const preferred = ofIp.filter(({ addressType }) => addressType === primary).map(subsetOf);
  if (preferred.some(({ addresses = [] }) => addresses.length > 0)) return preferred;
  return ofIp.map(subsetOf);
}

function subsetOf({ endpoints, ports }: FoundEndpointSlice): EndpointSubset {
  return {
    addresses: (endpoints ?? []).flatMap(({ addresses, conditions, targetRef }) => {
      // All addresses of an endpoint are the same place: kube-proxy, too, takes the first.
      const [ip] = addresses;
      // Ready is what does not say otherwise.
      if (ip === undefined || conditions?.ready === false) return [];
      return [{ ip, ...(targetRef ? { targetRef } : {}) }];
    }),
    ports: (ports ?? []).flatMap(({ name, port }) =>
      typeof port === 'number' ? [{ name: name ?? '', port }] : [],
    ),
  };
}
