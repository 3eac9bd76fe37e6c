/** Which container of a pod a request means, and where that pod's kubelet is. */
import { listAt, textAt, type ApiObject } from '../api-object.ts';
import type { Call } from '../handlers/call.ts';
import { keyOf, objectOf } from '../registry.ts';
import { nodes } from '../resources/nodes.ts';
import { badRequest, notFound, StatusError } from '../status.ts';
import { kubeletAddressOf, type KubeletAddress } from './kubelets.ts';

/** The pod that the path names. @throws StatusError 404 */
export async function podOf({ resource, info, store }: Call): Promise<ApiObject> {
  const entry = await store.get(keyOf(resource, info.namespace, info.name));
  if (!entry) throw notFound(resource, info.name);
  return objectOf(entry);
}

/**
 * The container that is asked for, or the only one, or the one that the pod's annotation prefers.
 *
 * @throws StatusError 400 in upstream's words
 */
export function containerOf(pod: ApiObject, asked: string): string {
  const { name, annotations } = pod.metadata;
  const containers = namesIn(pod, 'containers');
  const inits = namesIn(pod, 'initContainers');
  if (asked !== '') {
    const isKnown = [...containers, ...inits, ...namesIn(pod, 'ephemeralContainers')].includes(
      asked,
    );
    if (isKnown) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  const [only, ...others] = containers;
  if (only !== undefined && others.length === 0) return only;
  const preferred = annotations?.['kubectl.kubernetes.io/default-container'];
  if (preferred !== undefined && containers.includes(preferred)) return preferred;
  const among = [
    ...(containers.length > 0 ? [`, choose one of: [${containers.join(' ')}]`] : []),
    ...(inits.length > 0 ? [` or one of the init containers: [${inits.join(' ')}]`] : []),
  ];
  throw badRequest(`a container name must be specified for pod ${name}${among.join('')}`);
}

function namesIn(pod: ApiObject, field: string): readonly string[] {
  return listAt(pod, 'spec', field).map((container) => textAt(container, 'name'));
}

/** Undefined where the pod has no node yet. @throws StatusError when its node cannot be found */
export async function kubeletOf(
  pod: ApiObject,
  { store }: Pick<Call, 'store'>,
): Promise<KubeletAddress | undefined> {
  const nodeName = textAt(pod, 'spec', 'nodeName');
  if (nodeName === '') return undefined;
  const entry = await store.get(keyOf(nodes, '', nodeName));
  if (!entry) throw notFound(nodes, nodeName);
  const address = kubeletAddressOf(objectOf(entry));
  if (address) return address;
  throw new StatusError(500, undefined, `no preferred addresses found; known addresses: []`);
}
