/** A kubeconfig that leads to this load balancer finds nobody behind it before it has backends. */
import { isIP, isIPv6 } from 'node:net';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { parseServer } from '../../kit/kubeconfig/server-url.ts';
import type { ListenAddress } from '../dataplane.ts';
import { isOwn } from '../sources/refuse-list.ts';
import type { Source } from './configuration.ts';

/** @throws ConfigurationError `no-seeds` */
export function refuseOwnCluster(source: Source, listen: readonly ListenAddress[]): void {
  if (source.kind !== 'endpoint-slices' || source.seeds.length > 0) return;
  const { server } = source.cluster;
  const { hostname, port } = parseServer(server);
  // A name may lead elsewhere by and by; this one does not.
  const addresses = hostname === 'localhost' ? ['127.0.0.1', '::1'] : [hostname];
  const leadsHere = addresses
    .filter((address) => isIP(address) !== 0)
    .some((address) => isOwn({ address, port, family: isIPv6(address) ? 'IPv6' : 'IPv4' }, listen));
  if (!leadsHere) return;
  const message = `the kubeconfig’s server ${server} is this load balancer itself, which knows no backends yet`;
  throw new ConfigurationError('no-seeds', message);
}
