/** For tests: an apiserver with an empty store in this process, and nodes that belong to it. */
import { generateKeyPairSync } from 'node:crypto';
import type { ApiObject } from '../../apiserver/api-object.ts';
import { startApiserver } from '../../apiserver/server.ts';
import { createAuthority } from '../../../proxies/kit/pki/authority.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { findImage } from '../../workloads/images.ts';
import type { StartWorkload } from '../../workloads/workload.ts';
import { createApiClient, type ApiClient } from '../../../proxies/kit/api/api-client.ts';
import { startNode, type LabNode, type NodeOptions } from '../node.ts';
import type { Pod, PodStatus } from '../pods/pod.ts';

export interface NodeCluster extends AsyncDisposable {
  /** As a member of system:masters. */
  readonly client: ApiClient;
  readonly server: string;
  /** A kubeconfig of the same. */
  readonly kubeconfig: string;
  readonly administrator: { readonly ca: string; readonly cert: string; readonly key: string };
  startNode(options?: Partial<NodeOptions>): Promise<LabNode>;
  /** Makes a pod that is bound already. */
  createPod(name: string, spec: object, rest?: object): Promise<Pod>;
  /** Resolves with the pod, or undefined once it is gone, when that is as expected. */
  waitForPod(name: string, isExpected: (pod: Pod | undefined) => boolean): Promise<Pod | undefined>;
}

export interface NodeClusterOptions {
  /** Besides the lab's own images. */
  readonly images?: Readonly<Record<string, StartWorkload>>;
}

/** Namespaces `default`, with what pods need, and `kube-node-lease`. */
export async function startNodeCluster({
  images = {},
}: NodeClusterOptions = {}): Promise<NodeCluster> {
  await using starting = new AsyncDisposableStack();
  const authority = await createAuthority();
  const [serving, kubeletServing, admin] = await Promise.all([
    authority.issueServer(['127.0.0.1']),
    authority.issueServer(['127.0.0.1']),
    authority.issueClient({ user: 'kubernetes-admin', groups: ['system:masters'] }),
  ]);
  const ca = authority.certificatePem;
  const signingKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
  const store = starting.use(createMemoryStore<ApiObject>());
  const apiserver = starting.use(
    await startApiserver({
      tlsCert: serving.certificatePem,
      tlsPrivateKey: serving.keyPem,
      clientCa: ca,
      store,
      serviceAccounts: { issuers: ['test'], audiences: ['test'], keys: [signingKey], signingKey },
      allowLoopbackEndpoints: true,
      kubeletClient: { certificate: admin.certificatePem, key: admin.keyPem, authority: ca },
    }),
  );
  const connection = {
    server: apiserver.server,
    caPem: ca,
    certPem: admin.certificatePem,
    keyPem: admin.keyPem,
    userAgent: 'test',
  };
  const client = starting.use(createApiClient(connection));
  for (const name of ['default', 'kube-node-lease']) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await client.create('/api/v1/namespaces', namespace).catch(() => undefined);
  }
  // What the controllers would make.
  const own = '/api/v1/namespaces/default';
  await client.create(`${own}/serviceaccounts`, { metadata: { name: 'default' } });
  const metadata = { name: 'kube-root-ca.crt' };
  await client.create(`${own}/configmaps`, { metadata, data: { 'ca.crt': ca } });
  const nodes = starting.use(new AsyncDisposableStack());
  const pods = '/api/v1/namespaces/default/pods';
  const running = starting.move();
  return {
    client,
    server: apiserver.server,
    kubeconfig: kubeconfigOf(connection),
    administrator: { ca, cert: admin.certificatePem, key: admin.keyPem },
    startNode: async (options = {}) => {
      const { name = 'node-1' } = options;
      const identity = await authority.issueClient({
        user: `system:node:${name}`,
        groups: ['system:nodes'],
      });
      const own = createApiClient({
        ...connection,
        certPem: identity.certificatePem,
        keyPem: identity.keyPem,
      });
      nodes.use(own);
      const node = await startNode({
        name,
        version: 'v1.33.1',
        client: own,
        connection,
        nodeIPs: ['127.0.0.1'],
        podRanges: ['127.244.1.0/24'],
        podLink: 'none',
        address: '127.0.0.1',
        port: 0,
        tlsCert: kubeletServing.certificatePem,
        tlsPrivateKey: kubeletServing.keyPem,
        clientCa: ca,
        findImage: (image) => images[image] ?? findImage(image),
        ...options,
      });
      return nodes.use(node);
    },
    createPod: (name, spec, rest = {}) =>
      client.create<Pod>(pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'default' },
        spec: { nodeName: 'node-1', ...spec },
        ...rest,
      }),
    waitForPod: async (name, isExpected) => {
      const { items, metadata } = await client.get<PodList>(pods);
      const found = items.find((pod) => pod.metadata.name === name);
      if (isExpected(found)) return found;
      const stop = new AbortController();
      let seen: Pod | undefined;
      const watching = client.watch<Pod>(
        pods,
        { resourceVersion: metadata.resourceVersion, signal: stop.signal },
        ({ type, object }) => {
          if (object.metadata.name !== name) return;
          seen = type === 'DELETED' ? undefined : object;
          if (isExpected(seen)) stop.abort();
        },
      );
      await watching.catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
      return seen;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

interface PodList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly Pod[];
}

function kubeconfigOf(connection: {
  readonly server: string;
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const cluster = {
    server: connection.server,
    'certificate-authority-data': base64(connection.caPem),
  };
  const user = {
    'client-certificate-data': base64(connection.certPem),
    'client-key-data': base64(connection.keyPem),
  };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'test', user }],
  });
}

export function isReady(pod: Pod | undefined): boolean {
  const conditions: PodStatus['conditions'] = pod?.status?.conditions;
  return conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}
