import type { Group } from '../command.ts';
import { list, object } from './shapes.ts';
import * as z from 'zod';

const image = 'registry.example/hop-by-hop/pause';

const node = object('Node', {
  spec: z.object({ podCIDR: z.string(), podCIDRs: z.array(z.string()).min(1) }),
  status: z.object({
    addresses: z.array(z.object({ type: z.string(), address: z.string() })).min(2),
    nodeInfo: z.object({ kubeletVersion: z.string() }),
  }),
});

/** Nodes: what they are, and keeping pods away from them. */
export const nodes: Group = {
  name: 'nodes',
  isAlone: true,
  steps: [
    {
      run: 'get nodes',
      prints: /^NAME STATUS ROLES AGE VERSION\n(NODE Ready \S+ AGE v1\.\S+\n?){3}$/,
    },
    {
      run: 'get nodes -o wide',
      prints:
        /INTERNAL-IP EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME\nNODE Ready \S+ AGE \S+ IP <none>/,
    },
    { run: 'get nodes -o json', shape: list(node) },
    {
      run: 'describe node node-3',
      prints:
        /Name: NODE[^]*Lease:\n +HolderIdentity: NODE[^]*Ready +True[^]*InternalIP: IP[^]*PodCIDRs: .*\nNon-terminated Pods:/,
    },
    { run: 'get leases -n kube-node-lease -o name', prints: /lease\.coordination\.k8s\.io\/NODE/ },
    { run: 'label node node-3 disk=fast', prints: 'node/NODE labeled' },
    { run: 'label node node-3 disk-', prints: /node\/NODE (un)?labeled/ },
    { run: 'taint nodes node-3 only=me:NoSchedule', prints: 'node/NODE tainted' },
    {
      run: 'taint nodes node-3 only=me:NoSchedule',
      fails: /already has only taint\(s\) with same effect\(s\)/,
    },
    { run: 'taint nodes node-3 only-', prints: 'node/NODE untainted' },
    {
      run: `create deployment drained --image=${image} --replicas=3`,
      prints: 'deployment.apps/drained created',
    },
    { run: 'rollout status deployment/drained --timeout=30s', prints: /successfully rolled out$/ },
    { run: 'cordon node-3', prints: 'node/NODE cordoned' },
    { run: 'get node node-3', prints: /NODE Ready,SchedulingDisabled/ },
    {
      run: 'drain node-3 --ignore-daemonsets --delete-emptydir-data --force --timeout=60s',
      // Old ones say of the node what they did to its pods.
      prints: /node\/NODE (drained|deleted|evicted)$/,
    },
    {
      run: 'get pods -A --field-selector spec.nodeName=node-3 -o name',
      prints: '',
    },
    { run: 'uncordon node-3', prints: 'node/NODE uncordoned' },
    { run: 'rollout status deployment/drained --timeout=30s', prints: /successfully rolled out$/ },
    {
      run: 'get componentstatuses',
      fails: /the server doesn't have a resource type "componentstatuses"/,
    },
  ],
};
