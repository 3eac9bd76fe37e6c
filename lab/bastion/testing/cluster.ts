/** A cluster for a bastion: an apiserver, objects that lead to a target on loopback, and callers. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { parseAllDocuments } from 'yaml';
import { createAuthority, type Authority } from '../../../proxies/kit/pki/authority.ts';
import type { ApiserverOptions } from '../../apiserver/options.ts';
import { startTestApiserver, type TestApiserver } from '../../apiserver/testing/test-apiserver.ts';
import { base64, writeKubeconfig } from '../../kubeconfig.ts';

export interface BastionCluster extends AsyncDisposable {
  readonly apiserver: TestApiserver;
  /** Signs the bastion's certificate. */
  readonly serving: Authority;
  readonly directory: string;
  /** Of the ServiceAccount that `deploy/apiserver-proxy.yaml` makes. */
  readonly kubeconfig: string;
  /** With a certificate for 127.0.0.1, the callers' authority, and a port of the system's choice. */
  readonly flags: readonly string[];
  readonly targetPort: number;
  /** Creates it; with its status, if it has one. */
  create(path: string, object: Readonly<Record<string, unknown>>): Promise<void>;
  /** A pod on the target. */
  createPod(name: string): Promise<void>;
  /** Lets a user do something: `services/proxy` with these verbs. */
  allow(user: string, verbs: readonly string[], resources: readonly string[]): Promise<void>;
}

const manifest = new URL('../../../deploy/apiserver-proxy.yaml', import.meta.url);

export async function startBastionCluster(
  options: Partial<ApiserverOptions> = {},
): Promise<BastionCluster> {
  await using starting = new AsyncDisposableStack();
  const apiserver = starting.use(
    await startTestApiserver({
      allowLoopbackEndpoints: true,
      tokens: new Map([
        ['admin', { name: 'admin', groups: ['system:masters'] }],
        ['jane', { name: 'jane', groups: ['dev'] }],
        ['nobody', { name: 'nobody', groups: [] }],
      ]),
      ...options,
    }),
  );
  const directory = await mkdtemp(join(tmpdir(), 'hop-bastion-'));
  starting.defer(() => rm(directory, { recursive: true }));
  const serving = await createAuthority('bastion');
  const target = starting.use(await serveTarget());
  const kubelet = starting.use(await serveKubelet());
  const create: BastionCluster['create'] = async (path, object) => {
    const { status, text, json } = await apiserver.send('POST', path, object);
    if (status !== 201) throw new Error(text);
    if (!('status' in object)) return;
    const { metadata } = json as { metadata: { name: string } };
    const whole = { ...json, status: object.status };
    const put = await apiserver.send('PUT', `${path}/${metadata.name}/status`, whole);
    if (put.status !== 200) throw new Error(put.text);
  };
  const inDefault = (resource: string) => `/api/v1/namespaces/default/${resource}`;
  const createPod = (name: string) =>
    create(inDefault('pods'), {
      metadata: { name },
      spec: {
        containers: [{ name: 'c', image: 'i', ports: [{ containerPort: target.port }] }],
      },
      status: { phase: 'Running', podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] },
    });

  await createPod('web-0');
  await create(inDefault('services'), {
    metadata: { name: 'web' },
    spec: { ports: [{ name: 'http', port: 80, targetPort: target.port }] },
  });
  await create('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
    metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: target.port, protocol: 'TCP' }],
    endpoints: [
      {
        addresses: ['127.0.0.1'],
        conditions: { ready: true },
        targetRef: { kind: 'Pod', namespace: 'default', name: 'web-0' },
      },
    ],
  });
  await create('/api/v1/nodes', {
    metadata: { name: 'node-1' },
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } },
    },
  });

  const kubeconfig = join(directory, 'kubeconfig');
  await writeKubeconfig(kubeconfig, {
    cluster: {
      server: apiserver.server,
      'certificate-authority-data': base64(apiserver.caPem),
    },
    user: { token: await bastionToken(apiserver) },
  });
  const { certificatePem, keyPem } = await serving.issueServer(['127.0.0.1', 'localhost']);
  const file = async (name: string, text: string) => {
    await writeFile(join(directory, name), text);
    return join(directory, name);
  };
  const node = await kubelet.clients.issueClient({ user: 'kube-apiserver' });
  const flags = [
    '--bind-address=127.0.0.1',
    '--secure-port=0',
    '--allow-loopback-endpoints',
    `--kubeconfig=${kubeconfig}`,
    `--tls-cert-file=${await file('tls.crt', certificatePem)}`,
    `--tls-private-key-file=${await file('tls.key', keyPem)}`,
    `--client-ca-file=${await file('clients.crt', apiserver.clients.certificatePem)}`,
    `--kubelet-client-certificate=${await file('kubelet-client.crt', node.certificatePem)}`,
    `--kubelet-client-key=${await file('kubelet-client.key', node.keyPem)}`,
    `--kubelet-certificate-authority=${await file('kubelet-ca.crt', kubelet.caPem)}`,
  ];
  const owned = starting.move();
  return {
    apiserver,
    serving,
    directory,
    kubeconfig,
    flags,
    targetPort: target.port,
    create,
    createPod,
    allow: async (user, verbs, resources) => {
      const name = `${user}-${crypto.randomUUID()}`;
      const base = '/apis/rbac.authorization.k8s.io/v1';
      await create(`${base}/clusterroles`, {
        metadata: { name },
        rules: [{ apiGroups: [''], resources, verbs }],
      });
      await create(`${base}/clusterrolebindings`, {
        metadata: { name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
      });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Collections of the kinds in the manifest that a test needs. */
const collections: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  ServiceAccount: '/api/v1/namespaces/hop-system/serviceaccounts',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
};

/** Applies what the manifest says of rights, and gives a token of its ServiceAccount. */
async function bastionToken(apiserver: TestApiserver): Promise<string> {
  for (const document of parseAllDocuments(await readFile(manifest, 'utf8'))) {
    const object = document.toJS() as { readonly kind: string };
    const path = collections[object.kind];
    if (path === undefined) continue;
    const { status, text } = await apiserver.send('POST', path, object);
    if (status !== 201) throw new Error(text);
  }
  const path = `${collections.ServiceAccount ?? ''}/apiserver-proxy/token`;
  const { json, text } = await apiserver.send('POST', path, { spec: {} });
  const { token } = (json.status ?? {}) as { readonly token?: string };
  if (token === undefined) throw new Error(text);
  return token;
}

/** Says what it was asked. `/slow` never ends, `/late` ends when it is told to, upgrades are echoed. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/slow') {
    response.write('begun\n');
    return;
  }
  const { method, url, headers } = request;
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ method, url, headers }));
}

function echo(request: IncomingMessage, socket: Duplex): void {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  socket.write(JSON.stringify(request.headers['sec-websocket-protocol'] ?? ''));
  socket.on('error', () => undefined);
  socket.pipe(socket);
}

async function listen(server: Server) {
  server.on('upgrade', echo);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const serveTarget = () => listen(createServer(answer));

/** Lets those in who show the certificate of its authority. */
async function serveKubelet() {
  const [own, clients] = await Promise.all([
    createAuthority('kubelets'),
    createAuthority('cluster'),
  ]);
  const { certificatePem: cert, keyPem: key } = await own.issueServer(['127.0.0.1']);
  const tls = { cert, key, ca: clients.certificatePem, requestCert: true };
  const listening = await listen(createTlsServer(tls, answer));
  return { ...listening, caPem: own.certificatePem, clients };
}
