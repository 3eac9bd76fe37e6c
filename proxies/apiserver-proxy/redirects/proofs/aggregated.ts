/**
 * An aggregated API server gives upstream's own table of answers (specification 2.8), through an
 * apiserver. Refuted by an apiserver that lets redirects through, as they once did.
 */
import type { RequestListener } from 'node:http';
import { createApiClient, type ApiClient, type KubeObject } from '../../../kit/api/api-client.ts';
import { defineProof, type Laboratory, type Notebook } from '../../../kit/proof.ts';
import { ask } from '../../proofs/ask.ts';
import { namespace, populate } from '../../proofs/cluster-objects.ts';
import { startTarget, type Target } from '../../proofs/target.ts';

const location = 'https://elsewhere.example/';
const group = 'example.dev';
const groupPath = `/apis/${group}/v1`;
const services = '/apis/apiregistration.k8s.io/v1/apiservices';

/** TestRejectForwardingRedirectsOption, by the name that is asked for. */
const cases: Readonly<Record<string, Case>> = {
  found: { backend: 200, hasLocation: false, expected: 200 },
  moved: { backend: 301, hasLocation: true, expected: 502 },
  'unchanged-elsewhere': { backend: 304, hasLocation: true, expected: 502 },
  unchanged: { backend: 304, hasLocation: false, expected: 304 },
};

interface Case {
  readonly backend: number;
  readonly hasLocation: boolean;
  readonly expected: number;
}

export const aggregated = defineProof({
  claimed: (laboratory) => world(laboratory, true),
  refuted: (laboratory) => world(laboratory, false),
  probe: async ({ apiserver }, notebook: Notebook, { signal }) => {
    for (const [name, { backend, hasLocation, expected }] of Object.entries(cases)) {
      const path = `${groupPath}/namespaces/${namespace}/widgets/${name}`;
      const { status } = await ask(apiserver, { path }, signal);
      const key = hasLocation ? 'refused' : 'passed';
      notebook.check(status === expected, key, { backend, status, expected });
    }
  },
});

async function world(laboratory: Laboratory, rejectsForwardedRedirects: boolean) {
  await using stack = new AsyncDisposableStack();
  const target = stack.use(await startTarget({ name: 'widgets', isTls: true, answer }));
  const apiserver = stack.use(await laboratory.startApiserver({ rejectsForwardedRedirects }));
  await populate(apiserver, (client) => register(client, target));
  await using client = createApiClient({ ...apiserver, userAgent: 'hop-proof' });
  await untilAvailable(client, laboratory.signal);
  const owned = stack.move();
  return { apiserver, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const answer: RequestListener = ({ url = '' }, response) => {
  const found = cases[url.slice(url.lastIndexOf('/') + 1)];
  if (found)
    response.writeHead(found.backend, found.hasLocation ? { Location: location } : {}).end();
  else response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
};

/** The objects that lead an apiserver to it. */
async function register(client: ApiClient, { name, host, port }: Target): Promise<void> {
  const metadata = { name };
  const ports = [{ name: 'https', port }];
  await client.create(`/api/v1/namespaces/${namespace}/services`, {
    metadata,
    spec: { ports: [{ name: 'https', port: 443 }] },
  });
  await client.create(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
    metadata: { name, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [host] }],
    ports,
  });
  await client.create(services, {
    metadata: { name: `v1.${group}` },
    spec: {
      group,
      version: 'v1',
      service: { namespace, name },
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 1000,
      versionPriority: 10,
    },
  });
}

interface ApiService extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** Until the apiserver has asked it how it is. */
async function untilAvailable(client: ApiClient, signal: AbortSignal): Promise<void> {
  const { metadata } = await client.get<{ metadata: { resourceVersion: string } }>(services);
  const done = new AbortController();
  const { resourceVersion } = metadata;
  const isAvailable = ({ status }: ApiService) =>
    status?.conditions?.some((one) => one.type === 'Available' && one.status === 'True') ?? false;
  if (isAvailable(await client.get<ApiService>(`${services}/v1.${group}`))) return;
  await client
    .watch<ApiService>(
      services,
      { resourceVersion, signal: AbortSignal.any([signal, done.signal]) },
      ({ object }) => {
        if (object.metadata.name === `v1.${group}` && isAvailable(object)) done.abort();
      },
    )
    .catch((error: unknown) => {
      if (!done.signal.aborted) throw error;
    });
}
