/** Upstream's NodeRestriction: a node's agent writes its own Node, its own pods and its own Lease. */
import { textAt, type ApiObject } from './api-object.ts';
import type { User } from './exchange.ts';
import type { Call } from './handlers/call.ts';
import { forbidden } from './status.ts';

const namePrefix = 'system:node:';

/** The node that a user is the agent of; undefined for everybody else. */
export function nodeNameOf(user: User): string | undefined {
  if (!user.name.startsWith(namePrefix) || !user.groups.includes('system:nodes')) return undefined;
  return user.name.slice(namePrefix.length);
}

/** @throws StatusError 403 when a node's agent reaches for what is not its own. */
export function restrictNode(
  call: Call,
  object: ApiObject | undefined,
  old: ApiObject | undefined,
): void {
  const node = nodeNameOf(call.user);
  if (node === undefined) return;
  const rule = rules[`${call.resource.group}/${call.resource.plural}`];
  const complaint = rule?.(node, call, object, old);
  if (complaint !== undefined) {
    throw forbidden(complaint, call.resource, (object ?? old)?.metadata.name);
  }
}

type Rule = (
  node: string,
  call: Call,
  object: ApiObject | undefined,
  old: ApiObject | undefined,
) => string | undefined;

const rules: Readonly<Record<string, Rule>> = {
  '/nodes': (node, _, object, old) => {
    const name = (object ?? old)?.metadata.name ?? '';
    return name === node ? undefined : `node "${node}" is not allowed to modify node "${name}"`;
  },
  '/pods': (node, { info }, object, old) => {
    if (old === undefined) {
      return `pod does not have "kubernetes.io/config.mirror" annotation, node "${node}" can only create mirror pods`;
    }
    if (textAt(old, 'spec', 'nodeName') === node) return undefined;
    return object === undefined
      ? `node "${node}" can only delete pods with spec.nodeName set to itself`
      : `node "${node}" can only update pod ${info.subresource || 'status'} for pods with spec.nodeName set to itself`;
  },
  'coordination.k8s.io/leases': (node, { info }, object, old) => {
    if (info.namespace !== 'kube-node-lease') {
      return 'can only access leases in the "kube-node-lease" system namespace';
    }
    const name = (object ?? old)?.metadata.name;
    return name === node
      ? undefined
      : 'can only access node lease with the same name as the requesting node';
  },
};
