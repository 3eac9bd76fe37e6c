/** The node's Lease: renewed every few seconds, so that everybody sees that it lives. */
import type { ApiClient, KubeObject } from '../../proxies/kit/api/api-client.ts';
import { ApiError } from '../../proxies/kit/api/errors.ts';

interface Lease extends KubeObject {
  readonly spec: { readonly holderIdentity: string; readonly renewTime: string };
}

const everyMs = 2500;
/** Upstream's nodes say 40 s, and renew every 10. */
const durationSeconds = 10;
const collection = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

/** Resolves when the first renewal is written or has failed; renews until it is disposed. */
export async function keepLease(
  client: ApiClient,
  node: { readonly name: string; readonly uid: string },
  log: (line: string) => void,
): Promise<Disposable> {
  const closing = new AbortController();
  const { signal } = closing;
  const renew = async () => {
    const renewTime = new Date().toISOString().replace('Z', '000Z');
    const spec = {
      holderIdentity: node.name,
      leaseDurationSeconds: durationSeconds,
      renewTime,
    };
    try {
      await client.patch<Lease>(`${collection}/${node.name}`, 'merge', { spec }, { signal });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 404) throw error;
      const owner = { apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid };
      const metadata = { name: node.name, ownerReferences: [owner] };
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
      await client.create<Lease>(collection, lease, { signal });
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const again = async () => {
    await renew().catch((error: unknown) => {
      if (!signal.aborted) log(`cannot renew the lease: ${String(error)}`);
    });
    if (!signal.aborted) timer = setTimeout(() => void again(), everyMs);
  };
  await again();
  return {
    [Symbol.dispose]: () => {
      closing.abort();
      clearTimeout(timer);
    },
  };
}
