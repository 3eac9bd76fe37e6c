/** The apiservers as the supervisor tells them, who are the load balancer's backends. */
import { isIPv6 } from 'node:net';
import type { WantedBackend } from '../../proxies/apiserver-load-balancer/backend.ts';
import type { RunningBalancer } from '../../proxies/apiserver-load-balancer/balancer.ts';
import { klogLine } from '../../proxies/kit/klog.ts';
import { parseEndpoint } from '../network/endpoint.ts';

export interface ApiserverList {
  /** As it is in force. */
  readonly backends: readonly WantedBackend[];
  /** How often it has changed since the first. */
  readonly changes: number;
  /** @param apiservers as `host:port` */
  replace(apiservers: readonly string[]): void;
}

/** One change after the other; what cannot be done is said, and the list before stays. */
export function createApiserverList(
  balancer: Pick<RunningBalancer, 'setBackends'>,
  log: (line: string) => void,
): ApiserverList {
  let backends: readonly WantedBackend[] = [];
  let lists = 0;
  let replacing = Promise.resolve();
  return {
    get backends() {
      return backends;
    },
    get changes() {
      return Math.max(0, lists - 1);
    },
    replace: (apiservers) => {
      const wanted = apiservers.map(toBackend);
      replacing = replacing
        .then(async () => {
          await balancer.setBackends(wanted);
          backends = wanted;
          lists += 1;
        })
        .catch((error: unknown) => log(klogLine('E', 'hop', String(error))));
    },
  };
}

/** @example toBackend('172.30.0.11:6443') */
function toBackend(name: string): WantedBackend {
  const { host: address, port } = parseEndpoint(name);
  const family = isIPv6(address) ? 'IPv6' : 'IPv4';
  return { name, address, port, family, isDraining: false };
}
