/** As much of its own Node as a kube-proxy reads and keeps. */
import type { KubeObject } from '../../kit/api/api-client.ts';

export interface NodeObject extends KubeObject {
  readonly spec?: {
    readonly podCIDRs?: readonly string[];
    readonly taints?: readonly { readonly key: string }[];
  };
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
  };
}

export function keepNode({ metadata, spec = {}, status = {} }: NodeObject): NodeObject {
  const { name, uid, resourceVersion, deletionTimestamp, labels } = metadata;
  const { podCIDRs, taints } = spec;
  return {
    metadata: {
      name,
      ...(uid && { uid }),
      ...(resourceVersion && { resourceVersion }),
      ...(deletionTimestamp && { deletionTimestamp }),
      ...(labels && { labels }),
    },
    spec: {
      ...(podCIDRs && { podCIDRs }),
      ...(taints && { taints: taints.map(({ key }) => ({ key })) }),
    },
    status: {
      ...(status.addresses && { addresses: status.addresses }),
    },
  };
}
