/** Ten thousand pods, as an apiserver stores them. */
import { randomUUID } from 'node:crypto';
import type { ClientHttp2Session } from 'node:http2';
import type { JsonObject } from '../../proxies/kit/api/json.ts';
import type { ApiObject } from '../../lab/apiserver/api-object.ts';
import { toStored } from '../../lab/apiserver/registry.ts';
import { connectStore } from '../../lab/store/remote-store.ts';
import { send } from './client.ts';

export const pods = '/api/v1/namespaces/default/pods';

/**
 * Writes them past the apiserver, which sees them as if another one had written them; what they look
 * like, it says itself (`dryRun`).
 */
export async function fillStore(
  session: ClientHttp2Session,
  address: string,
  count: number,
): Promise<void> {
  const headers = { ':method': 'POST', 'content-type': 'application/json' };
  const account = JSON.stringify({ metadata: { name: 'default' } });
  await send(session, '/api/v1/namespaces/default/serviceaccounts', headers, account);
  const body = JSON.stringify(pod);
  const created = await send(session, `${pods}?dryRun=All`, headers, body);
  if (created.status !== 201) throw new Error(created.body.toString());
  const stored = toStored(JSON.parse(created.body.toString()) as ApiObject);
  await using store = connectStore<ApiObject>(address, { timeoutMs: 60_000 });
  await store.synced;
  await Promise.all(
    Array.from({ length: count }, (_, index) => {
      const name = `pod-${String(index).padStart(5, '0')}`;
      const metadata = { ...stored.metadata, name, uid: randomUUID() };
      return store.create(`/core/pods/default/${name}`, { ...stored, metadata, status });
    }),
  );
}

const time = '2026-01-01T00:00:00Z';

const pod: JsonObject = {
  metadata: {
    name: 'pod',
    labels: { app: 'echo', 'pod-template-hash': '5d59d67564' },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'echo-5d59d67564', uid: randomUUID() },
    ],
  },
  spec: {
    containers: [
      {
        name: 'main',
        image: 'registry.example/echo:1',
        ports: [{ name: 'http', containerPort: 8080 }],
        env: [{ name: 'NAME', value: 'value' }],
        resources: { requests: { cpu: '10m', memory: '16Mi' } },
      },
    ],
    nodeName: 'node-1',
  },
};

const status: JsonObject = {
  phase: 'Running',
  conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
    type,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: time,
  })),
  hostIP: '172.30.0.21',
  podIP: '10.244.1.2',
  podIPs: [{ ip: '10.244.1.2' }],
  startTime: time,
  containerStatuses: [
    { name: 'main', ready: true, restartCount: 0, state: { running: { startedAt: time } } },
  ],
  qosClass: 'Burstable',
};
