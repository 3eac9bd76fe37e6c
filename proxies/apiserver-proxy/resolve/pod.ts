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
  if (!allowsAddress(host)) throw addressNotAllowed();
  const scheme = target.scheme || 'http';
  const chosen =
    port === '' ? (firstDeclared(pod) ?? defaultPort(scheme)) : readPort(target, 'pod');
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

/** The first port of the first container that declares any. */
function firstDeclared({ spec }: FoundPod): number | undefined {
  return spec?.containers?.find(({ ports = [] }) => ports.length > 0)?.ports?.[0]?.containerPort;
}
