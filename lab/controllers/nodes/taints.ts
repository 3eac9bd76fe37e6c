/** The taints that a node's conditions bring about. */
import { conditionOf } from '../objects/meta.ts';
import type { Node, Taint } from '../objects/node.ts';
import type { Toleration } from '../objects/pod.ts';

export const notReady = 'node.kubernetes.io/not-ready';
export const unreachable = 'node.kubernetes.io/unreachable';

/** https://kubernetes.io/docs/reference/labels-annotations-taints/ : condition, its status, the taint. */
const byCondition: readonly (readonly [string, string, string])[] = [
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
];
const unschedulable = 'node.kubernetes.io/unschedulable';

const managed = new Set([
  notReady,
  unreachable,
  unschedulable,
  ...byCondition.map(([, , key]) => key),
]);

/** The node's taints as they should be: ours by its conditions, all others as they are. */
export function taintsFor(node: Node, time: string): readonly Taint[] {
  const current = node.spec?.taints ?? [];
  const others = current.filter(({ key }) => !managed.has(key));
  const own = conditionTaints(node).map((taint) => {
    const known = current.find(({ key, effect }) => key === taint.key && effect === taint.effect);
    return known ?? (taint.effect === 'NoExecute' ? { ...taint, timeAdded: time } : taint);
  });
  return [...others, ...own];
}

/** What the conditions alone call for, before it is written. */
export function conditionTaints(node: Node): readonly Taint[] {
  const ready = conditionOf(node.status, 'Ready');
  const readiness = { True: undefined, False: notReady, Unknown: unreachable }[
    ready?.status ?? 'False'
  ];
  const pressed = byCondition
    .filter(([type, status]) => conditionOf(node.status, type)?.status === status)
    .map(([, , key]) => ({ key, effect: 'NoSchedule' }));
  return [
    ...(readiness
      ? [
          { key: readiness, effect: 'NoSchedule' },
          { key: readiness, effect: 'NoExecute' },
        ]
      : []),
    ...pressed,
    ...(node.spec?.unschedulable ? [{ key: unschedulable, effect: 'NoSchedule' }] : []),
  ];
}

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { key = '', operator = 'Equal', value = '', effect = '' } = toleration;
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || (key !== '' && value === (taint.value ?? ''));
}
