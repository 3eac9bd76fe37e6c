/** The running lab as a world: its machines, its administrator, and one of its pods. */
import { administratorOf } from '../../kit/administrator.ts';
import { createApiClient, type ApiConnection, type KubeObject } from '../../kit/api/api-client.ts';
import type { Laboratory, LabMachines } from '../../kit/proof.ts';

export interface RunningPod {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly port: number;
}

export interface RunningLab extends AsyncDisposable {
  readonly machines: LabMachines;
  readonly administrator: ApiConnection;
  readonly pod: RunningPod;
}

const namespace = 'shop';

/** @throws Error where there is no such lab: the claims that need one say so, and are not tried then. */
export async function runningLab({ machines, clusterKubeconfig }: Laboratory): Promise<RunningLab> {
  if (!machines) throw new Error('the lab has no machines with networks of their own');
  const administrator = await administratorOf(clusterKubeconfig);
  await using client = createApiClient(administrator);
  const { items } = await client.get<{ readonly items: readonly PodObject[] }>(
    `/api/v1/namespaces/${namespace}/pods`,
    { query: { labelSelector: 'app=catalog' } },
  );
  const pod = items.map(runningPod).find((one) => one !== undefined);
  if (!pod) throw new Error('none of the lab’s pods is ready');
  // Nothing of it is ours to end.
  return { machines, administrator, pod, [Symbol.asyncDispose]: async () => undefined };
}

interface PodObject extends KubeObject {
  readonly spec: {
    readonly containers: readonly {
      readonly ports?: readonly { readonly containerPort: number }[];
    }[];
  };
  readonly status?: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

function runningPod({ metadata: { name }, spec, status = {} }: PodObject): RunningPod | undefined {
  const isReady = status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
  const port = spec.containers[0]?.ports?.[0]?.containerPort;
  if (!isReady || status.podIP === undefined || port === undefined) return undefined;
  return { name, namespace, address: status.podIP, port };
}
