import { at, listAt, numberAt, textAt, type ApiObject, type Json } from '../api-object.ts';
import { asPending, podGracePeriod, validatePod, validatePodUpdate } from '../pod-lifecycle.ts';
import { withPodDefaults } from '../pod-defaults.ts';
import { partSubresource } from '../part-subresource.ts';
import { log } from '../pod-log.ts';
import { kubeletSubresource } from '../kubelet/streaming.ts';
import { proxySubresource } from '../unreachable.ts';
import { ageColumn, column, nameColumn, textColumn } from '../columns.ts';
import { humanDuration } from '../human-duration.ts';
import { allVerbs, type Resource } from '../resource.ts';
import { bindingSubresource } from './pod-binding.ts';
import { evictionSubresource } from './pod-eviction.ts';

export const pods: Resource = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  namespaced: true,
  verbs: allVerbs,
  shortNames: ['po'],
  categories: ['all'],
  schema: 'io.k8s.api.core.v1.Pod',
  hasStatus: true,
  returnsDeleted: true,
  subresources: [
    { name: 'log', kind: 'Pod', verbs: ['get'], connect: log },
    kubeletSubresource('attach', 'PodAttachOptions'),
    kubeletSubresource('exec', 'PodExecOptions'),
    kubeletSubresource('portforward', 'PodPortForwardOptions'),
    proxySubresource('PodProxyOptions'),
    bindingSubresource,
    evictionSubresource,
    partSubresource('ephemeralcontainers', 'Pod', ['get', 'patch', 'update']),
  ],
  gracePeriod: podGracePeriod,
  defaults: (pod) => ({ ...pod, ...withPodDefaults(pod) }),
  prepareForCreate: asPending,
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  selectableFields: {
    'spec.nodeName': (pod) => textAt(pod, 'spec', 'nodeName'),
    'spec.restartPolicy': (pod) => textAt(pod, 'spec', 'restartPolicy'),
    'spec.schedulerName': (pod) => textAt(pod, 'spec', 'schedulerName'),
    'spec.serviceAccountName': (pod) => textAt(pod, 'spec', 'serviceAccountName'),
    'spec.hostNetwork': (pod) => String(at(pod, 'spec', 'hostNetwork') === true),
    'status.phase': (pod) => textAt(pod, 'status', 'phase'),
    'status.podIP': (pod) => textAt(pod, 'status', 'podIP'),
    'status.nominatedNodeName': (pod) => textAt(pod, 'status', 'nominatedNodeName'),
  },
  columns: [
    nameColumn,
    column('Ready', 'How many of the containers are ready.', readyContainers),
    column('Status', 'The phase of the pod, or why it is not running.', podStatus),
    column('Restarts', 'How often containers were restarted, and when last.', restarts),
    ageColumn,
    textColumn('IP', 'The address of the pod.', ['status', 'podIP'], {
      none: '<none>',
      priority: 1,
    }),
    textColumn('Node', 'The node the pod runs on.', ['spec', 'nodeName'], {
      none: '<none>',
      priority: 1,
    }),
    textColumn(
      'Nominated Node',
      'The node that is being cleared for it.',
      ['status', 'nominatedNodeName'],
      {
        none: '<none>',
        priority: 1,
      },
    ),
    column('Readiness Gates', 'Which of the readiness gates are passed.', readinessGates, {
      priority: 1,
    }),
  ],
};

function readyContainers(pod: ApiObject): string {
  const statuses = listAt(pod, 'status', 'containerStatuses');
  const ready = statuses.filter((status) => at(status, 'ready') === true).length;
  return `${ready}/${listAt(pod, 'spec', 'containers').length}`;
}

/** Upstream's printPod: deletion wins over a container's reason, that over the pod's, that over the phase. */
function podStatus(pod: ApiObject): string {
  if (pod.metadata.deletionTimestamp) return 'Terminating';
  const reason = textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase');
  const waiting = listAt(pod, 'status', 'containerStatuses')
    .map(
      (status) =>
        textAt(status, 'state', 'waiting', 'reason') ||
        textAt(status, 'state', 'terminated', 'reason'),
    )
    .find((found) => found !== '');
  return waiting ?? reason;
}

function restarts(pod: ApiObject, now: Date): string {
  const statuses = listAt(pod, 'status', 'containerStatuses');
  const count = statuses.reduce<number>((sum, status) => sum + numberAt(status, 'restartCount'), 0);
  const last = statuses
    .map((status: Json) => Date.parse(textAt(status, 'lastState', 'terminated', 'finishedAt')))
    .filter((time) => !Number.isNaN(time));
  if (count === 0 || last.length === 0) return String(count);
  return `${count} (${humanDuration(now.getTime() - Math.max(...last))} ago)`;
}

function readinessGates(pod: ApiObject): string {
  const gates = listAt(pod, 'spec', 'readinessGates');
  if (gates.length === 0) return '<none>';
  const conditions = listAt(pod, 'status', 'conditions');
  const passed = gates.filter((gate) =>
    conditions.some(
      (condition) =>
        textAt(condition, 'type') === textAt(gate, 'conditionType') &&
        textAt(condition, 'status') === 'True',
    ),
  );
  return `${passed.length}/${gates.length}`;
}
