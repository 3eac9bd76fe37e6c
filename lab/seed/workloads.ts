/** What runs: a few pods behind a Service, a Deployment, and the parts of the cluster itself. */
import { randomUUID } from 'node:crypto';
import { generateName } from '../apiserver/metadata.ts';
import { gitVersion } from '../apiserver/version.ts';
import { day, type Clock } from './clock.ts';
import { deploymentObjects } from './deployments.ts';
import { seedNodes, type SeedNode } from './nodes.ts';
import type { SeedObject } from './objects.ts';
import { podObject, type SeedContainer } from './pods.ts';

const version = gitVersion.split('+')[0] ?? gitVersion;

export function workloadObjects(clock: Clock): readonly SeedObject[] {
  return [...webPods(clock), ...systemPods(clock), ...deployments(clock)];
}

/** `web-0` to `web-2`: what the examples of the site talk about. */
function webPods(clock: Clock): readonly SeedObject[] {
  return seedNodes.map((node, index) =>
    podObject(
      {
        name: `web-${index}`,
        namespace: 'default',
        node,
        address: podAddress(node, 10 + index),
        minutes: 47 - index,
        labels: { app: 'web', 'statefulset.kubernetes.io/pod-name': `web-${index}` },
        containers: [
          {
            name: 'web',
            image: 'registry.example/hop-by-hop/echo:1.4.0',
            port: 8080,
            portName: 'http',
            cpu: '50m',
            memory: '32Mi',
          },
        ],
      },
      clock,
    ),
  );
}

function deployments(clock: Clock): readonly SeedObject[] {
  const [first, second, third] = seedNodes;
  if (!first || !second || !third) return [];
  return [
    ...deploymentObjects(
      {
        name: 'front',
        namespace: 'shop',
        labels: { app: 'front' },
        minutes: 3 * day + 200,
        places: [
          { node: second, address: podAddress(second, 21) },
          { node: third, address: podAddress(third, 21) },
        ],
        container: {
          name: 'front',
          image: 'registry.example/shop/front:2.9.1',
          port: 3000,
          portName: 'http',
          cpu: '100m',
          memory: '64Mi',
        },
        restarts: { count: 2, minutes: 31 * 60 },
      },
      clock,
    ),
    ...deploymentObjects(
      {
        name: 'coredns',
        namespace: 'kube-system',
        labels: { 'k8s-app': 'kube-dns' },
        minutes: 12 * day,
        places: [
          { node: first, address: podAddress(first, 2) },
          { node: first, address: podAddress(first, 3) },
        ],
        container: {
          name: 'coredns',
          image: 'registry.k8s.io/coredns/coredns:v1.12.0',
          port: 53,
          portName: 'dns-tcp',
          cpu: '100m',
          memory: '170Mi',
        },
      },
      clock,
    ),
  ];
}

function systemPods(clock: Clock): readonly SeedObject[] {
  const proxies = seedNodes.map((node) =>
    systemPod(generateName('kube-proxy-'), node, 'kube-proxy', { 'k8s-app': 'kube-proxy' }, clock),
  );
  const [first] = seedNodes;
  if (!first) return proxies;
  const parts = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
  const controlPlane = parts.map((part) =>
    systemPod(
      `${part}-${first.name}`,
      first,
      part,
      { component: part, tier: 'control-plane' },
      clock,
      {
        apiVersion: 'v1',
        kind: 'Node',
        name: first.name,
        uid: randomUUID(),
        controller: true,
      },
    ),
  );
  return [...controlPlane, ...proxies];
}

function systemPod(
  name: string,
  node: SeedNode,
  part: string,
  labels: Readonly<Record<string, string>>,
  clock: Clock,
  owner?: Parameters<typeof podObject>[0]['owner'],
): SeedObject {
  const container: SeedContainer = {
    name: part,
    image: part === 'etcd' ? 'registry.k8s.io/etcd:3.5.21-0' : `registry.k8s.io/${part}:${version}`,
    command: [part === 'kube-proxy' ? '/usr/local/bin/kube-proxy' : part],
  };
  const pod = {
    name,
    namespace: 'kube-system',
    node,
    minutes: 12 * day,
    labels,
    containers: [container],
  };
  return podObject(owner ? { ...pod, owner } : pod, clock);
}

export function podAddress({ podRange }: SeedNode, host: number): string {
  return podRange.replace(/\.0\/\d+$/, `.${host}`);
}
