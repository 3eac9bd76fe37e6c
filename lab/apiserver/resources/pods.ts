import { at, objectAt, textAt, type ApiObject } from '../api-object.ts';
import {
  asPending,
  keepAdmitted,
  podGracePeriod,
  validatePod,
  validatePodUpdate,
} from '../pod-lifecycle.ts';
import { withPodDefaults } from '../pod-defaults.ts';
import { admitServiceAccount } from '../service-account-admission.ts';
import { partSubresource } from '../part-subresource.ts';
import { log } from '../kubelet/log.ts';
import { kubeletSubresource } from '../kubelet/streaming.ts';
import { proxySubresource } from '../proxy/proxy-subresource.ts';
import { ageColumn, column, nameColumn, textColumn } from '../columns.ts';
import { readinessGates, restartsOf, summaryOf } from './pod-summary.ts';
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
    proxySubresource('pods', 'PodProxyOptions'),
    bindingSubresource,
    evictionSubresource,
    partSubresource('ephemeralcontainers', 'Pod', ['get', 'patch', 'update']),
  ],
  gracePeriod: podGracePeriod,
  defaults: (pod) => withServiceLinks({ ...pod, ...withPodDefaults(pod) }),
  prepareForCreate: asPending,
  admitCreate: admitServiceAccount,
  prepareForUpdate: keepAdmitted,
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
    column('Ready', 'How many of the containers are ready.', (pod) => summaryOf(pod).ready),
    column('Status', 'The phase of the pod, or why it is not running.', (pod) => {
      return summaryOf(pod).status;
    }),
    column('Restarts', 'How often containers were restarted, and when last.', restartsOf),
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

/** Pods have the Services of their namespace in their environment; templates leave it to the pods. */
function withServiceLinks(pod: ApiObject): ApiObject {
  const enableServiceLinks = at(pod, 'spec', 'enableServiceLinks') ?? true;
  return { ...pod, spec: { ...objectAt(pod, 'spec'), enableServiceLinks } };
}
