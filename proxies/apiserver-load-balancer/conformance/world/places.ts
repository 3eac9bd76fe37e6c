/** Who is where: a client, a balancer and three backends, each behind its own cable of one router. */
import type { Backend, Family } from '../../backend.ts';

export const backendNumbers = [1, 2, 3] as const;
export type BackendNumber = (typeof backendNumbers)[number];
export type Machine = 'client' | 'balancer' | `backend-${BackendNumber}`;

export interface Place {
  readonly machine: Machine;
  readonly addresses: Readonly<Record<Family, string>>;
  /** The router's, on the cable there. */
  readonly gateways: Readonly<Record<Family, string>>;
}

export const places = {
  client: place('client', '192.0.2', '2001:db8:a'),
  balancer: place('balancer', '198.51.100', '2001:db8:b'),
  'backend-1': place('backend-1', '10.0.1', 'fd00:1'),
  'backend-2': place('backend-2', '10.0.2', 'fd00:2'),
  'backend-3': place('backend-3', '10.0.3', 'fd00:3'),
} as const satisfies Readonly<Record<Machine, Place>>;

/** Where apiservers serve, and the balancer. */
export const apiserverPort = 6443;

/** What all of them are called in certificates. */
export const serverName = 'kubernetes.default.svc';

export function backendAt(number: BackendNumber, family: Family = 'IPv4'): Backend {
  const address = places[`backend-${number}`].addresses[family];
  const host = family === 'IPv6' ? `[${address}]` : address;
  return { name: `${host}:${apiserverPort}`, address, port: apiserverPort, family };
}

function place(machine: Machine, ipv4: string, ipv6: string): Place {
  return {
    machine,
    addresses: { IPv4: `${ipv4}.2`, IPv6: `${ipv6}::2` },
    gateways: { IPv4: `${ipv4}.1`, IPv6: `${ipv6}::1` },
  };
}
