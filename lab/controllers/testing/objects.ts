/** Objects for tests, made through the API. */
import type { ApiClient, KubeObject } from '../../../proxies/kit/api/api-client.ts';
import { startInformer } from '../../../proxies/kit/api/informer.ts';
import { now } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import type { Pod } from '../objects/pod.ts';
import type { Deployment } from '../objects/workload.ts';

export const paths = {
  nodes: '/api/v1/nodes',
  pods: '/api/v1/namespaces/default/pods',
  services: '/api/v1/namespaces/default/services',
  endpoints: '/api/v1/namespaces/default/endpoints',
  slices: '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
  deployments: '/apis/apps/v1/namespaces/default/deployments',
  replicaSets: '/apis/apps/v1/namespaces/default/replicasets',
  configMaps: '/api/v1/namespaces/default/configmaps',
  events: '/api/v1/events',
  leases: '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases',
} as const;

export interface EventObject extends KubeObject {
  readonly reason: string;
  readonly message: string;
  readonly type: string;
  readonly count: number;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

/** A node that is ready. */
export async function createNode(
  client: ApiClient,
  name: string,
  { labels = {}, spec = {}, allocatable = { pods: '110', cpu: '4', memory: '8Gi' } } = {},
): Promise<void> {
  await client.create(paths.nodes, { metadata: { name, labels }, spec });
  await setReady(client, name, 'True', { allocatable });
}

export async function setReady(
  client: ApiClient,
  name: string,
  status: 'True' | 'False' | 'Unknown',
  more: object = {},
): Promise<Node> {
  const time = now();
  const condition = {
    type: 'Ready',
    status,
    reason: 'KubeletReady',
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  };
  return client.patch<Node>(`${paths.nodes}/${name}/status`, 'strategic-merge', {
    status: { conditions: [condition], ...more },
  });
}

/** @example template({ image: 'two' }) */
export function template({ image = 'one', labels = { app: 'web' }, spec = {} } = {}) {
  const ports = [{ name: 'http', containerPort: 8080 }];
  return { metadata: { labels }, spec: { containers: [{ name: 'web', image, ports }], ...spec } };
}

export function deployment(name: string, spec: Partial<Deployment['spec']> = {}) {
  const selector = { matchLabels: { app: 'web' } };
  return { metadata: { name }, spec: { replicas: 3, selector, template: template(), ...spec } };
}

export function pod(name: string, { labels = {}, spec = {} } = {}) {
  return {
    metadata: { name, labels },
    spec: { containers: [{ name: 'web', image: 'one' }], ...spec },
  };
}

export interface Kubelets extends AsyncDisposable {
  /** Images whose pods never become ready. */
  readonly broken: Set<string>;
  /** Pods that are told to end do so only afterwards. */
  readonly mayEnd: { until: Promise<unknown> };
}

/** All kubelets in one: pods that have a node run, are ready, and end when they are told to. */
export async function startKubelets(client: ApiClient): Promise<Kubelets> {
  const broken = new Set<string>();
  const mayEnd: Kubelets['mayEnd'] = { until: Promise.resolve() };
  const informer = startInformer<Pod>(client, { path: '/api/v1/pods' });
  let lastHost = 1;
  const run = async (one: Pod): Promise<void> => {
    const path = `/api/v1/namespaces/${one.metadata.namespace ?? ''}/pods/${one.metadata.name}`;
    if (one.metadata.deletionTimestamp) {
      await mayEnd.until;
      await client.delete(path, { gracePeriodSeconds: 0 });
      return;
    }
    const ip = `10.244.1.${++lastHost}`;
    const images = (one.spec.containers as readonly { readonly image?: string }[]).map(
      ({ image = '' }) => image,
    );
    const isReady = !images.some((image) => broken.has(image));
    await client.patch(`${path}/status`, 'strategic-merge', {
      status: {
        phase: 'Running',
        podIP: ip,
        podIPs: [{ ip }, { ip: `fd00:10:244:1::${lastHost}` }],
        conditions: [
          { type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: now() },
        ],
      },
    });
  };
  const listening = informer.onChange(({ type, object }) => {
    const isNews = !object.status?.podIP || object.metadata.deletionTimestamp;
    // A pod that is gone meanwhile needs no kubelet.
    if (type !== 'deleted' && object.spec.nodeName && isNews) run(object).catch(() => undefined);
  });
  await informer.synced;
  return {
    broken,
    mayEnd,
    [Symbol.asyncDispose]: async () => {
      listening[Symbol.dispose]();
      await informer[Symbol.asyncDispose]();
    },
  };
}
