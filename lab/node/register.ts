/** The node's own object: made at start if it is not there, and its status kept true. */
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import type { ApiClient, KubeObject } from '../../proxies/kit/api/api-client.ts';
import { ApiError, isRefusal } from '../../proxies/kit/api/errors.ts';
import { runtimeName } from './pods/container.ts';
import type { Condition } from './pods/pod.ts';

export interface NodeIdentity {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly podRanges: readonly string[];
  /** Where its kubelet listens. */
  readonly port: number;
  readonly zone: string;
  readonly version: string;
}

interface NodeObject extends KubeObject {
  readonly spec?: { readonly podCIDR?: string };
  readonly status?: { readonly conditions?: readonly NodeCondition[] };
}

interface NodeCondition extends Omit<Condition, 'lastProbeTime'> {
  readonly lastHeartbeatTime?: string;
}

/** Makes or updates the Node object; resolves when the apiserver has it. */
export async function registerNode(client: ApiClient, identity: NodeIdentity): Promise<string> {
  const path = `/api/v1/nodes/${identity.name}`;
  const object = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: identity.name, labels: labelsOf(identity) },
    spec: { podCIDR: identity.podRanges[0], podCIDRs: identity.podRanges },
  };
  let known: NodeObject;
  try {
    known = await client.create<NodeObject>('/api/v1/nodes', {
      ...object,
      status: statusOf(identity, []),
    });
    // An apiserver may leave out the status of an object that is made.
    if (known.status?.conditions?.length) return known.metadata.uid ?? '';
  } catch (error) {
    if (!isRefusal(error, 'AlreadyExists')) throw error;
    const { metadata, spec } = object;
    known = await client.patch<NodeObject>(path, 'merge', {
      metadata: { labels: metadata.labels },
      // The range of a node does not change once it is set.
      ...(identityHasRange(await client.get<NodeObject>(path)) ? {} : { spec }),
    });
  }
  await writeNodeStatus(client, identity, known.status?.conditions ?? []);
  return known.metadata.uid ?? '';
}

function identityHasRange(node: NodeObject): boolean {
  return node.spec?.podCIDR !== undefined;
}

/** Says again that the node is well; makes the object anew where somebody has deleted it. */
export async function refreshNode(client: ApiClient, identity: NodeIdentity): Promise<void> {
  const path = `/api/v1/nodes/${identity.name}`;
  try {
    const { status } = await client.get<NodeObject>(path);
    await writeNodeStatus(client, identity, status?.conditions ?? []);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 404) throw error;
    await registerNode(client, identity);
  }
}

async function writeNodeStatus(
  client: ApiClient,
  identity: NodeIdentity,
  known: readonly NodeCondition[],
): Promise<void> {
  const path = `/api/v1/nodes/${identity.name}/status`;
  // Not a strategic one: it would merge the two addresses of one type into one.
  await client.patch(path, 'merge', { status: statusOf(identity, known) });
}

function labelsOf({ name, zone }: NodeIdentity): Readonly<Record<string, string>> {
  return {
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'topology.kubernetes.io/region': 'lab',
    'topology.kubernetes.io/zone': zone,
  };
}

const architecture = os.arch() === 'x64' ? 'amd64' : os.arch();

function statusOf(identity: NodeIdentity, known: readonly NodeCondition[]): object {
  const memory = `${Math.floor(os.totalmem() / 1024)}Ki`;
  const resources = { cpu: String(os.availableParallelism()), memory, pods: '110' };
  return {
    capacity: resources,
    allocatable: resources,
    conditions: conditionsOf(known),
    addresses: [
      ...identity.addresses.map((address) => ({ type: 'InternalIP', address })),
      { type: 'Hostname', address: identity.name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: identity.port } },
    nodeInfo: {
      machineID: bootId.replaceAll('-', ''),
      systemUUID: bootId,
      bootID: bootId,
      kernelVersion: os.release(),
      osImage: 'Hop by Hop lab',
      containerRuntimeVersion: `${runtimeName}://0.1.0`,
      kubeletVersion: identity.version,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture,
    },
  };
}

/** One life of the node's program is one boot. */
const bootId = randomUUID();

const healthy = [
  [
    'MemoryPressure',
    'False',
    'KubeletHasSufficientMemory',
    'kubelet has sufficient memory available',
  ],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
] as const;

/** Ours, and behind them what others say of the node. */
function conditionsOf(known: readonly NodeCondition[]): readonly NodeCondition[] {
  const others = known.filter(({ type }) => !healthy.some(([own]) => own === type));
  return [...ownConditions(known), ...others];
}

function ownConditions(known: readonly NodeCondition[]): readonly NodeCondition[] {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return healthy.map(([type, status, reason, message]) => {
    const before = known.find((one) => one.type === type);
    const since = before?.status === status ? before.lastTransitionTime : undefined;
    return {
      type,
      status,
      lastHeartbeatTime: now,
      lastTransitionTime: since ?? now,
      reason,
      message,
    };
  });
}
