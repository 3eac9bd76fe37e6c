/** Pods that run, as a kubelet would report them. */
import { createHash, randomBytes } from 'node:crypto';
import type { Json, OwnerReference } from '../apiserver/api-object.ts';
import { qosClassOf } from '../apiserver/pod-lifecycle.ts';
import { withPodDefaults } from '../apiserver/pod-defaults.ts';
import type { Clock } from './clock.ts';
import type { SeedNode } from './nodes.ts';
import { seedObject, type SeedObject } from './objects.ts';

export interface SeedPod {
  readonly name: string;
  readonly namespace: string;
  readonly node: SeedNode;
  /** Absent: the pod uses the node's network. */
  readonly address?: string;
  readonly minutes: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner?: OwnerReference;
  readonly containers: readonly SeedContainer[];
  /** How often the first container was restarted, and how many minutes ago last. */
  readonly restarts?: { readonly count: number; readonly minutes: number };
}

export interface SeedContainer {
  readonly name: string;
  readonly image: string;
  readonly port?: number;
  readonly portName?: string;
  readonly command?: readonly string[];
  readonly cpu?: string;
  readonly memory?: string;
}

export function podObject(pod: SeedPod, clock: Clock): SeedObject {
  const { name, namespace, node, minutes, labels, owner, containers } = pod;
  const createdAt = clock.minutesAgo(minutes);
  const address = pod.address ?? node.address;
  const spec = {
    containers: containers.map(containerSpec),
    nodeName: node.name,
    ...(pod.address === undefined ? { hostNetwork: true } : {}),
    serviceAccountName: 'default',
    serviceAccount: 'default',
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    tolerations: [
      {
        key: 'node.kubernetes.io/not-ready',
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      },
      {
        key: 'node.kubernetes.io/unreachable',
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      },
    ],
  };
  const seeded = seedObject(
    '',
    'pods',
    { name, namespace, createdAt, labels, ...(owner ? { owner } : {}) },
    withPodDefaults({ spec }),
  );
  const status = {
    phase: 'Running',
    conditions: [
      'PodReadyToStartContainers',
      'Initialized',
      'Ready',
      'ContainersReady',
      'PodScheduled',
    ].map((type) => ({
      type,
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: clock.minutesAgo(minutes - 0.05),
    })),
    hostIP: node.address,
    hostIPs: [{ ip: node.address }],
    podIP: address,
    podIPs: [{ ip: address }],
    startTime: createdAt,
    containerStatuses: containers.map((container, index) =>
      containerStatus(container, pod, index === 0 ? pod.restarts : undefined, clock),
    ),
    qosClass: qosClassOf(seeded.object),
  };
  return { ...seeded, object: { ...seeded.object, status } };
}

export function containerSpec({
  name,
  image,
  port,
  portName,
  command,
  cpu,
  memory,
}: SeedContainer): Json {
  return {
    name,
    image,
    ...(command ? { command } : {}),
    ...(port === undefined
      ? {}
      : {
          ports: [
            { ...(portName ? { name: portName } : {}), containerPort: port, protocol: 'TCP' },
          ],
        }),
    resources:
      cpu === undefined || memory === undefined
        ? {}
        : { requests: { cpu, memory }, limits: { memory } },
  };
}

function containerStatus(
  { name, image }: SeedContainer,
  { minutes }: SeedPod,
  restarts: SeedPod['restarts'],
  clock: Clock,
): Json {
  const startedAt = clock.minutesAgo((restarts?.minutes ?? minutes) - 0.04);
  const ended = {
    exitCode: 0,
    reason: 'Completed',
    startedAt: clock.minutesAgo(minutes - 0.04),
    finishedAt: clock.minutesAgo(restarts?.minutes ?? minutes),
    containerID: containerId(),
  };
  return {
    name,
    state: { running: { startedAt } },
    lastState: restarts ? { terminated: ended } : {},
    ready: true,
    restartCount: restarts?.count ?? 0,
    image,
    imageID: `${image.split(':')[0] ?? image}@sha256:${createHash('sha256').update(image).digest('hex')}`,
    containerID: containerId(),
    started: true,
  };
}

function containerId(): string {
  return `containerd://${randomBytes(32).toString('hex')}`;
}
