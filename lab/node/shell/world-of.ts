/** What a container of a pod can see of the cluster around it. */
import type { ExecutionContext } from '../executions.ts';
import type { Container } from '../pods/container.ts';
import { hostnameOf } from '../pods/environment.ts';
import type { PodWorker } from '../pods/pod-worker.ts';
import { domainSearches } from './cluster-dns.ts';
import { resolveName } from './resolve-name.ts';
import type { World } from './world.ts';

export function worldOf(
  { nameservers }: Pick<ExecutionContext, 'nameservers'>,
  { pod, podIPs }: PodWorker,
  { spec, status }: Container,
): World {
  const hostname = hostnameOf(pod);
  const aliases = (pod.spec.hostAliases ?? []).flatMap(({ ip, hostnames = [] }) =>
    hostnames.map((name) => [name, ip] as const),
  );
  const [own = ''] = podIPs;
  const hosts = new Map([[hostname, own], ...aliases]);
  const { state } = status;
  return {
    hostname,
    addresses: podIPs,
    nodeName: pod.spec.nodeName ?? '',
    program: [
      ...(spec.command ?? [spec.image.replace(/^.*\//, '').replace(/[:@].*$/, '')]),
      ...(spec.args ?? []),
    ].join(' '),
    startedAt: new Date('running' in state ? state.running.startedAt : Date.now()),
    nameservers,
    resolve: (name) =>
      resolveName(name, {
        hosts,
        nameservers,
        searches: domainSearches(pod.metadata.namespace ?? ''),
        localAddress: own,
      }),
  };
}
