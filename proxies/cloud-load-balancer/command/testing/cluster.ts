/**
 * For tests: a cluster to be the cloud of. An apiserver as a process of its own, over HTTPS with its rights, and nodes
 * that are HTTP servers on loopback addresses of their own: the health of kube-proxy, and node ports.
 */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiClient, type ApiClient } from '../../../kit/api/api-client.ts';
import { runCommand } from '../../../kit/running-command.ts';
import type { Service, ServiceSpec } from '../../service.ts';

export interface TestCluster extends AsyncDisposable {
  readonly client: ApiClient;
  /** Of an administrator, and of somebody who may do nothing. */
  readonly kubeconfig: { readonly admin: string; readonly nobody: string };
  /** `127.40.7.0/28`: nobody else’s. */
  readonly pools: readonly [string, string];
  /** A Service whose node ports answer with the name of their node. */
  expose(name: string, spec?: Partial<ServiceSpec>): Promise<Service>;
  service(name: string): Promise<Service>;
}

const services = '/api/v1/namespaces/default/services';

export interface ClusterOptions {
  /** Where the nodes are; default: loopback addresses that nobody else has. */
  readonly nodes?: readonly string[];
}

export async function startCluster({ nodes }: ClusterOptions = {}): Promise<TestCluster> {
  await using starting = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'cloud-lb-'));
  starting.defer(() => rm(directory, { recursive: true, force: true }));
  const at = (file: string) => join(directory, file);
  await writeFile(at('tokens.csv'), 'secret,admin,1,"system:masters"\nnone,nobody,2\n');
  const apiserver = starting.use(
    await runCommand({
      command: 'apiserver',
      serving: /Serving securely on (\S+)/,
      args: [
        '--bind-address=127.0.0.1',
        '--secure-port=0',
        `--cert-dir=${at('certs')}`,
        `--token-auth-file=${at('tokens.csv')}`,
        '--authorization-mode=RBAC',
      ],
      signal: new AbortController().signal,
    }),
  );
  if (!apiserver.isServing) throw new Error(apiserver.stderr());
  const server = `https://127.0.0.1:${apiserver.port}`;
  const caPem = await readFile(at('certs/apiserver.crt'), 'utf8');
  for (const [user, token] of [
    ['admin', 'secret'],
    ['nobody', 'none'],
  ] as const) {
    const kubeconfig = kubeconfigOf(server, at('certs/apiserver.crt'), token);
    await writeFile(at(user), JSON.stringify(kubeconfig));
  }
  const client = starting.use(
    createApiClient({ server, caPem, token: 'secret', userAgent: 'kubectl' }),
  );
  // Of this process alone; nobody else's tests are above 127.210.
  const network = `127.${210 + ((process.pid >> 8) % 30)}.${process.pid % 256}`;
  const addresses = nodes ?? [`${network}.129`, `${network}.130`];
  for (const [index, address] of addresses.entries()) {
    starting.use(await answering(address, 10_256, 'ok'));
    await addNode(client, `node-${index + 1}`, address);
  }
  const owned = starting.move();
  return {
    client,
    kubeconfig: { admin: at('admin'), nobody: at('nobody') },
    pools: [`${network}.0/28`, `${network}.16/28`],
    expose: async (name, spec) => {
      const ports = [{ port: 8080, protocol: 'TCP' as const }];
      // Applied, so that the apiserver keeps who writes which field.
      const service = await client.patch<Service>(
        `${services}/${name}`,
        'apply',
        {
          ...{ apiVersion: 'v1', kind: 'Service', metadata: { name } },
          spec: { type: 'LoadBalancer', ports, ...spec },
        },
        { query: { fieldManager: 'test' } },
      );
      for (const { nodePort, protocol = 'TCP' } of service.spec.ports ?? []) {
        if (nodePort === undefined || protocol !== 'TCP') continue;
        for (const [index, address] of addresses.entries()) {
          owned.use(await answering(address, nodePort, `node-${index + 1}`));
        }
      }
      return service;
    },
    service: (name) => client.get<Service>(`${services}/${name}`),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function addNode(client: ApiClient, name: string, address: string): Promise<void> {
  await client.create('/api/v1/nodes', { metadata: { name } });
  const status = { addresses: [{ type: 'InternalIP', address }] };
  await client.patch(`/api/v1/nodes/${name}/status`, 'merge', { status });
}

/** Each connection carries one answer, so that the next may go to another node. */
async function answering(host: string, port: number, text: string): Promise<AsyncDisposable> {
  const server: Server = createServer((_, response) => {
    response.setHeader('Connection', 'close').end(text);
  });
  await once(server.listen(port, host), 'listening');
  return {
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function kubeconfigOf(server: string, authority: string, token: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': authority } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  };
}
