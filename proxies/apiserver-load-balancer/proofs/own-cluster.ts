/** A cluster of a proof's own: apiservers that can fail, a pod to run commands in, and who may ask. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { createApiClient, type ApiClient } from '../../kit/api/api-client.ts';
import type { Laboratory, RecordingApiserver, RecordingCluster } from '../../kit/proof.ts';
import type { WantedBackend } from '../backend.ts';
import type { Place } from './client.ts';
import { startWire, type Wire } from './wire.ts';

export interface OwnApiserver {
  readonly apiserver: RecordingApiserver;
  readonly wire: Wire;
  readonly backend: WantedBackend;
}

export interface OwnCluster extends AsyncDisposable {
  readonly apiservers: readonly OwnApiserver[];
  readonly cluster: RecordingCluster;
  /** Who asks, and what they trust: `Place` but for where. */
  readonly asker: Pick<Place, 'caPem' | 'token'>;
  readonly client: ApiClient;
}

export async function ownCluster(laboratory: Laboratory, count: number): Promise<OwnCluster> {
  await using starting = new AsyncDisposableStack();
  const cluster = starting.use(await laboratory.startApiservers(count));
  const apiservers: OwnApiserver[] = [];
  for (const apiserver of cluster.apiservers) {
    const wire = starting.use(await startWire(apiserver.server));
    apiservers.push({ apiserver, wire, backend: backendAt(wire) });
  }
  const [first] = cluster.apiservers;
  if (!first) throw new Error('there is no apiserver');
  const { server, caPem, token } = first;
  // Straight to an apiserver that nothing happens to: what the proof itself needs is not what it tries.
  const client = starting.use(createApiClient({ server, caPem, token, userAgent: 'hop-proof' }));
  const running = starting.move();
  return {
    apiservers,
    cluster,
    asker: { caPem, token },
    client,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

export function backendAt({ host, port }: Pick<Wire, 'host' | 'port'>): WantedBackend {
  return { name: `${host}:${port}`, address: host, port, family: 'IPv4', isDraining: false };
}

const namespaces = '/api/v1/namespaces';
const configMaps = `${namespaces}/default/configmaps`;

/** What is watched: the ConfigMaps of a namespace. */
export const watchedPath = `${configMaps}?watch=true`;

/** Makes something happen that a watch tells of. */
export async function makeHappen({ client }: OwnCluster, name: string): Promise<void> {
  await client.create(configMaps, { metadata: { name } });
}

export interface OwnPod extends AsyncDisposable {
  /** Where a command is run in it. */
  readonly execPath: string;
  /** What the command says. */
  readonly says: string;
}

/** A pod on a node whose kubelet is ours: every command says the same. */
export async function startPod({ client, cluster }: OwnCluster): Promise<OwnPod> {
  const says = 'web-0';
  const { certificatePem: cert, keyPem: key } = await cluster.issueServer(['127.0.0.1']);
  const kubelet = createServer({ cert, key });
  const sockets = new WebSocketServer({ server: kubelet });
  sockets.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.send(Buffer.concat([Buffer.of(1), Buffer.from(`${says}\n`)]));
  });
  kubelet.listen(0, '127.0.0.1');
  await once(kubelet, 'listening');
  await using starting = new AsyncDisposableStack();
  starting.defer(async () => {
    const closed = once(kubelet, 'close');
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    kubelet.close();
    kubelet.closeAllConnections();
    await closed;
  });
  const { port } = kubelet.address() as AddressInfo;
  await makePod(client, port);
  const running = starting.move();
  return {
    says,
    execPath: `${namespaces}/default/pods/${says}/exec?command=hostname&stdout=true`,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function makePod(client: ApiClient, kubeletPort: number): Promise<void> {
  const node = await client.create('/api/v1/nodes', { metadata: { name: 'node' } });
  await client.update('/api/v1/nodes/node/status', {
    ...node,
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
    },
  });
  // Pods need the account of their namespace, which no controller makes here.
  await client.create(`${namespaces}/default/serviceaccounts`, { metadata: { name: 'default' } });
  await client.create(`${namespaces}/default/pods`, {
    metadata: { name: 'web-0' },
    spec: {
      nodeName: 'node',
      containers: [{ name: 'main', image: 'registry.example/none:1' }],
    },
  });
}
