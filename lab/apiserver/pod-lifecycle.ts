/** How a pod begins, and which of its fields may change afterwards. */
import type { Json } from '../../proxies/kit/api/json.ts';
import { at, isObject, listAt, numberAt, objectAt, textAt, type ApiObject } from './api-object.ts';
import { forbiddenField } from './field-errors.ts';
import type { Cause } from './status.ts';
import { validatePodSpec } from './validation/pod-spec.ts';

/** A pod as admission leaves it: pending, with the account and the tolerations that every pod gets. */
export function asPending(pod: ApiObject): ApiObject {
  const spec = at(pod, 'spec');
  const account = textAt(spec, 'serviceAccountName') || 'default';
  return {
    ...pod,
    spec: {
      ...(isObject(spec) ? spec : {}),
      serviceAccountName: account,
      serviceAccount: account,
      tolerations: withTolerations(listAt(spec, 'tolerations')),
      priority: at(spec, 'priority') ?? 0,
      preemptionPolicy: textAt(spec, 'preemptionPolicy') || 'PreemptLowerPriority',
    },
    status: { phase: 'Pending', qosClass: qosClassOf(pod) },
  };
}

const admitted = [
  'serviceAccountName',
  'serviceAccount',
  'priority',
  'preemptionPolicy',
  'nodeName',
] as const;

/** What admission has set stays, also where an update leaves it out. */
export function keepAdmitted(pod: ApiObject, old: ApiObject): ApiObject {
  const spec = objectAt(pod, 'spec');
  const missing = admitted.filter(
    (field) => spec[field] === undefined && at(old, 'spec', field) !== undefined,
  );
  return {
    ...pod,
    spec: {
      ...spec,
      ...Object.fromEntries(missing.map((field) => [field, at(old, 'spec', field)])),
      tolerations: withTolerations(listAt(spec, 'tolerations')),
    },
  };
}

/** A pod stays for five minutes on a node that has become unreachable, unless it says otherwise. */
function withTolerations(given: readonly Json[]): readonly Json[] {
  const missing = ['not-ready', 'unreachable'].filter(
    (condition) => !given.some((one) => tolerates(one, `node.kubernetes.io/${condition}`)),
  );
  return [
    ...given,
    ...missing.map((condition) => ({
      key: `node.kubernetes.io/${condition}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    })),
  ];
}

function tolerates(toleration: Json, taint: string): boolean {
  const [key, effect] = [textAt(toleration, 'key'), textAt(toleration, 'effect')];
  return (key === taint || key === '') && (effect === 'NoExecute' || effect === '');
}

/** A pod that runs nowhere, or no more, ends at once; another is given time by its kubelet. */
export function podGracePeriod(pod: ApiObject, asked: number | undefined): number {
  const seconds = asked ?? numberAt(pod, 'spec', 'terminationGracePeriodSeconds');
  const isRunning = !['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase'));
  if (textAt(pod, 'spec', 'nodeName') === '' || !isRunning) return 0;
  return seconds < 0 ? 1 : seconds;
}

export function validatePod(pod: ApiObject): readonly Cause[] {
  return validatePodSpec(at(pod, 'spec') ?? null, 'spec');
}

const changeable =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function validatePodUpdate(pod: ApiObject, old: ApiObject): readonly Cause[] {
  const isSame = JSON.stringify(fixedSpecOf(pod)) === JSON.stringify(fixedSpecOf(old));
  return isSame ? [] : [forbiddenField('spec', changeable)];
}

/** The spec without what may change, its fields in one order. */
function fixedSpecOf(pod: ApiObject): Json {
  const spec = at(pod, 'spec');
  const withoutImages = (list: readonly Json[]) =>
    list.map((container) => (isObject(container) ? { ...container, image: '' } : container));
  const fixed = {
    ...(isObject(spec) ? spec : {}),
    containers: withoutImages(listAt(spec, 'containers')),
    initContainers: withoutImages(listAt(spec, 'initContainers')),
    activeDeadlineSeconds: null,
    tolerations: null,
    terminationGracePeriodSeconds: null,
  };
  return sorted(fixed);
}

function sorted(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value ?? null;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** Guaranteed, Burstable or BestEffort, by what the containers ask for. */
export function qosClassOf(pod: ApiObject): string {
  const resources = listAt(pod, 'spec', 'containers').map((container) =>
    at(container, 'resources'),
  );
  const asksNothing = (one: Json | undefined) =>
    Object.keys(at(one, 'requests') ?? {}).length + Object.keys(at(one, 'limits') ?? {}).length ===
    0;
  if (resources.every(asksNothing)) return 'BestEffort';
  const isGuaranteed = resources.every((one) =>
    ['cpu', 'memory'].every((what) => {
      const limit = textAt(one, 'limits', what);
      return limit !== '' && (textAt(one, 'requests', what) || limit) === limit;
    }),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}
