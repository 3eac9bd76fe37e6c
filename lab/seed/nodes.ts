/** The nodes, and the leases by which they say that they are there. */
import { randomUUID } from 'node:crypto';
import type { Json } from '../apiserver/api-object.ts';
import { gitVersion } from '../apiserver/version.ts';
import { day, type Clock } from './clock.ts';
import { seedObject, type SeedObject } from './objects.ts';

export interface SeedNode {
  readonly name: string;
  readonly address: string;
  readonly podRange: string;
  readonly isControlPlane: boolean;
}

export const seedNodes: readonly SeedNode[] = [1, 2, 3].map((number) => ({
  name: `node-${number}`,
  address: `172.30.0.1${number}`,
  podRange: `10.244.${number}.0/24`,
  isControlPlane: number === 1,
}));

export function nodeObjects(clock: Clock): readonly SeedObject[] {
  return seedNodes.flatMap((node) => [nodeObject(node, clock), leaseObject(node, clock)]);
}

function nodeObject(
  { name, address, podRange, isControlPlane }: SeedNode,
  clock: Clock,
): SeedObject {
  const capacity = {
    cpu: '4',
    'ephemeral-storage': '61255492Ki',
    memory: '8123456Ki',
    pods: '110',
  };
  return seedObject(
    '',
    'nodes',
    {
      name,
      createdAt: clock.minutesAgo(12 * day),
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...(isControlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
      },
    },
    {
      spec: {
        podCIDR: podRange,
        podCIDRs: [podRange],
        ...(isControlPlane
          ? { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }
          : {}),
      },
      status: {
        capacity,
        allocatable: { ...capacity, memory: '8021056Ki' },
        conditions: conditions(clock),
        addresses: [
          { type: 'InternalIP', address },
          { type: 'Hostname', address: name },
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
        nodeInfo: {
          machineID: randomUUID().replaceAll('-', ''),
          systemUUID: randomUUID(),
          bootID: randomUUID(),
          kernelVersion: '6.12.30-amd64',
          osImage: 'Debian GNU/Linux 13 (trixie)',
          containerRuntimeVersion: 'containerd://2.1.1',
          kubeletVersion: gitVersion,
          kubeProxyVersion: '',
          operatingSystem: 'linux',
          architecture: 'amd64',
        },
      },
    },
  );
}

function conditions(clock: Clock): readonly Json[] {
  const pressures = [
    ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ['Ready', 'KubeletReady', 'kubelet is posting ready status'],
  ] as const;
  return pressures.map(([type, reason, message]) => ({
    type,
    status: type === 'Ready' ? 'True' : 'False',
    lastHeartbeatTime: clock.minutesAgo(1),
    lastTransitionTime: clock.minutesAgo(12 * day - 1),
    reason,
    message,
  }));
}

function leaseObject({ name }: SeedNode, clock: Clock): SeedObject {
  const named = { name, namespace: 'kube-node-lease', createdAt: clock.minutesAgo(12 * day) };
  return seedObject('coordination.k8s.io', 'leases', named, {
    spec: {
      holderIdentity: name,
      leaseDurationSeconds: 40,
      renewTime: new Date().toISOString().replace('Z', '000Z'),
    },
  });
}
