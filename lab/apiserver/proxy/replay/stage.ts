/**
 * What stood around the recorded apiserver, in a network namespace of our own: its objects, its users, and
 * the backends at their addresses. No controllers run: objects stay as they are.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { createAuthority } from '../../../../proxies/kit/pki/authority.ts';
import { createMemoryStore } from '../../../store/memory-store.ts';
import { start as startBackend } from '../../../workloads/backend.ts';
import type { ApiObject } from '../../api-object.ts';
import { keyOf, type ApiStore } from '../../registry.ts';
import { startApiserver } from '../../server.ts';

/** Where the recorded apiserver listened: its address stands in the recorded answers. */
export const stageAddress = { host: '127.0.0.1', port: 36443 } as const;

const recorded = new URL('../../../../proxies/apiserver-proxy/recorded/', import.meta.url);

const backends = [
  { name: 'backend-a', address: '10.244.77.10', ports: '80,8080', tlsPorts: '443' },
  { name: 'backend-b', address: '10.244.77.11', ports: '80,8080', tlsPorts: '443' },
  { name: 'kubelet-stub', address: '10.244.77.20', ports: '80,10255', tlsPorts: '10250' },
] as const;

/** Nothing listens here, or nobody is there. */
const refusing = '10.244.77.12';
const unreachable = '10.244.77.99';

const plurals: Readonly<Record<string, string>> = {
  Node: 'nodes',
  ServiceAccount: 'serviceaccounts',
  Pod: 'pods',
  Service: 'services',
  Endpoints: 'endpoints',
  EndpointSlice: 'endpointslices',
  Role: 'roles',
  RoleBinding: 'rolebindings',
};

type Document = ApiObject & { readonly apiVersion: string; readonly kind: string };

/** Builds it; the process must be alone in its network namespace. */
export async function startStage(): Promise<AsyncDisposable> {
  await using starting = new AsyncDisposableStack();
  layAddresses();
  for (const { name, address, ports, tlsPorts } of backends) {
    starting.use(
      await startBackend({
        addresses: [address],
        ports: [],
        args: [`--name=${name}`, `--port=${ports}`, `--tls-port=${tlsPorts}`],
        env: {},
        pod: { name, namespace: 'default', uid: name, nodeName: 'node1', labels: {} },
        containerName: 'c',
        log: () => undefined,
      }),
    );
  }
  const store = starting.use(createMemoryStore<ApiObject>());
  await storeObjects(store);
  const authority = await createAuthority();
  const [serving, kubeletClient] = await Promise.all([
    authority.issueServer([stageAddress.host]),
    authority.issueClient({ user: 'kube-apiserver-kubelet-client', groups: ['system:masters'] }),
  ]);
  starting.use(
    await startApiserver({
      securePort: stageAddress.port,
      tlsCert: serving.certificatePem,
      tlsPrivateKey: serving.keyPem,
      clientCa: authority.certificatePem,
      tokens: new Map([
        ['admin-token', { name: 'admin', groups: ['system:masters'] }],
        ['nobody-token', { name: 'nobody', groups: [] }],
        ['alice-token', { name: 'alice', groups: [] }],
      ]),
      kubeletClient: { certificate: kubeletClient.certificatePem, key: kubeletClient.keyPem },
      disableAdmissionPlugins: ['ServiceAccount'],
      store,
    }),
  );
  return starting.move();
}

function layAddresses(): void {
  const ip = (...args: readonly string[]) => execFileSync('ip', args);
  ip('link', 'set', 'lo', 'up');
  for (const address of [...backends.map(({ address }) => address), refusing])
    ip('address', 'add', `${address}/32`, 'dev', 'lo');
  // As where nobody answers ARP, at once.
  ip('route', 'add', 'unreachable', unreachable);
}

async function storeObjects(store: ApiStore): Promise<void> {
  const namespaces = { group: '', plural: 'namespaces', namespaced: false };
  await store.create(keyOf(namespaces, '', 'default'), {
    metadata: { name: 'default', uid: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });
  const text = readFileSync(new URL('objects.yaml', recorded), 'utf8');
  for (const document of parseAllDocuments(text)) {
    // The file is ours.
    const { apiVersion, kind, ...object } = document.toJS() as Document;
    const plural = plurals[kind];
    if (plural === undefined) throw new Error(`objects.yaml has a ${kind}`);
    const [group = ''] = apiVersion.split('/').slice(0, -1);
    const { name, namespace = '' } = object.metadata;
    const resource = { group, plural, namespaced: namespace !== '' };
    const metadata = { uid: name, creationTimestamp: '2026-01-01T00:00:00Z', ...object.metadata };
    await store.create(keyOf(resource, namespace, name), { ...object, metadata });
  }
}
