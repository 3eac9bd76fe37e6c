/** A Deployment with its ReplicaSet and its pods, all of them there already. */
import { withPodDefaults } from '../apiserver/pod-defaults.ts';
import { generateName } from '../apiserver/metadata.ts';
import type { Clock } from './clock.ts';
import type { SeedNode } from './nodes.ts';
import { ownedBy, seedObject, type SeedObject } from './objects.ts';
import { containerSpec, podObject, type SeedContainer, type SeedPod } from './pods.ts';

export interface SeedDeployment {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly minutes: number;
  /** One pod for each. */
  readonly places: readonly { readonly node: SeedNode; readonly address: string }[];
  readonly container: SeedContainer;
  /** Of the first pod. */
  readonly restarts?: NonNullable<SeedPod['restarts']>;
}

export function deploymentObjects(wanted: SeedDeployment, clock: Clock): readonly SeedObject[] {
  const { name, namespace, labels, minutes, places, container, restarts } = wanted;
  const createdAt = clock.minutesAgo(minutes);
  const replicas = places.length;
  const hash = generateName('').padEnd(9, '7f9d');
  const ownLabels = { ...labels, 'pod-template-hash': hash };
  const counts = { replicas, readyReplicas: replicas, availableReplicas: replicas };
  const annotations = { 'deployment.kubernetes.io/revision': '1' };

  const deployment = seedObject(
    'apps',
    'deployments',
    { name, namespace, createdAt, labels, annotations },
    {
      spec: { replicas, selector: { matchLabels: labels }, template: template(labels, container) },
      status: {
        observedGeneration: 1,
        ...counts,
        updatedReplicas: replicas,
        conditions: [
          condition(
            'Available',
            'MinimumReplicasAvailable',
            'Deployment has minimum availability.',
            createdAt,
          ),
          condition(
            'Progressing',
            'NewReplicaSetAvailable',
            `ReplicaSet "${name}-${hash}" has successfully progressed.`,
            createdAt,
          ),
        ],
      },
    },
  );
  const replicaSet = seedObject(
    'apps',
    'replicasets',
    {
      name: `${name}-${hash}`,
      namespace,
      createdAt,
      labels: ownLabels,
      annotations,
      owner: ownedBy('apps/v1', 'Deployment', deployment.object),
    },
    {
      spec: {
        replicas,
        selector: { matchLabels: ownLabels },
        template: template(ownLabels, container),
      },
      status: { ...counts, fullyLabeledReplicas: replicas, observedGeneration: 1 },
    },
  );
  const pods = places.map(({ node, address }, index) =>
    podObject(
      {
        name: generateName(`${name}-${hash}-`),
        namespace,
        node,
        address,
        minutes,
        labels: ownLabels,
        owner: ownedBy('apps/v1', 'ReplicaSet', replicaSet.object),
        containers: [container],
        ...(restarts && index === 0 ? { restarts } : {}),
      },
      clock,
    ),
  );
  return [deployment, replicaSet, ...pods];
}

function template(labels: Readonly<Record<string, string>>, container: SeedContainer) {
  return withPodDefaults({
    metadata: { labels },
    spec: { containers: [containerSpec(container)] },
  });
}

function condition(type: string, reason: string, message: string, time: string) {
  return { type, status: 'True', lastUpdateTime: time, lastTransitionTime: time, reason, message };
}
