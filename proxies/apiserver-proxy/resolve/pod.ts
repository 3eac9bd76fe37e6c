/** Where a pod is: its first address, and the port that is asked for or declared first. */
import type { Location } from '../location.ts';
import type { FoundPod } from '../lookup.ts';
import { hostPort } from './host-port.ts';
import { defaultPort, readPort } from './port.ts';
import { addressNotAllowed, notFound } from './refusals.ts';
import type { ResolveOptions, Target } from './resolve-options.ts';

/** @throws StatusError 404 where there is none, 400 where its address may not be dialled */
export async function locatePod(
  target: Target,
  { lookup, allowsAddress }: ResolveOptions,
): Promise<Location> {
  const { namespace, name, port } = target;
  const pod = await lookup.pod(namespace, name);
  if (!pod) throw notFound('pods', name);
  const host = pod.status?.podIPs?.[0]?.ip ?? '';
  const scheme = target.scheme || 'http';
  const declared = declaredIn(pod);
  const chosen = port === '' ? (declared[0] ?? defaultPort(scheme)) : readPort(target, 'pod');
  if (!allowsAddress(host, declared.includes(chosen))) throw addressNotAllowed();
  return {
    resource: 'pods',
    scheme,
    host,
    port: chosen,
    transport: 'insecure',
    choice: {
      key: 'pod',
      values: { namespace, pod: name, address: hostPort(host, chosen) },
    },
  };
}

/** In the order of the containers. */
function declaredIn({ spec }: FoundPod): readonly number[] {
  const ports = spec?.containers?.flatMap((container) => container.ports ?? []) ?? [];
  return ports.map(({ containerPort }) => containerPort);
}
