/** Deployments and ReplicaSets (upstream: `pkg/apis/apps/validation`). */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at, objectAt, textAt, type ApiObject } from '../api-object.ts';
import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import { matchesLabelSelector } from '../label-selector.ts';
import { checkAnnotations } from '../metadata.ts';
import type { Cause } from '../status.ts';
import { validateLabelSelector } from './label-selector.ts';
import { checkLabels } from './names.ts';
import { checkNotNegativeFields } from './numbers.ts';
import { validatePodSpec } from './pod-spec.ts';

export function validateDeployment(object: ApiObject): readonly Cause[] {
  const spec = at(object, 'spec') ?? null;
  const deadline = at(spec, 'progressDeadlineSeconds');
  const ready = at(spec, 'minReadySeconds') ?? 0;
  return [
    ...checkNotNegativeFields(spec, 'spec', [
      'replicas',
      'minReadySeconds',
      'revisionHistoryLimit',
      'progressDeadlineSeconds',
    ]),
    ...validateSelector(spec, 'deployment'),
    ...validateTemplate(spec),
    ...validateStrategy(at(spec, 'strategy') ?? null),
    ...(typeof deadline === 'number' && typeof ready === 'number' && deadline <= ready
      ? [
          invalidValue(
            'spec.progressDeadlineSeconds',
            deadline,
            'must be greater than minReadySeconds',
          ),
        ]
      : []),
  ];
}

export function validateReplicaSet(object: ApiObject): readonly Cause[] {
  const spec = at(object, 'spec') ?? null;
  return [
    ...checkNotNegativeFields(spec, 'spec', ['replicas', 'minReadySeconds']),
    ...validateSelector(spec, 'replicaset'),
    ...validateTemplate(spec),
  ];
}

function validateSelector(spec: Json, kind: string): readonly Cause[] {
  const selector = at(spec, 'selector');
  if (selector === undefined) return [required('spec.selector')];
  const isEmpty = ['matchLabels', 'matchExpressions'].every(
    (part) => Object.keys(at(selector, part) ?? {}).length === 0,
  );
  return [
    ...validateLabelSelector(selector, 'spec.selector'),
    ...(isEmpty
      ? [invalidValue('spec.selector', selector, `empty selector is invalid for ${kind}`)]
      : []),
  ];
}

function validateTemplate(spec: Json): readonly Cause[] {
  const field = 'spec.template';
  const template = at(spec, 'template');
  if (template === undefined) return [required(field)];
  const labels = objectAt(template, 'metadata', 'labels');
  const restartPolicy = textAt(template, 'spec', 'restartPolicy');
  const isSelected = matchesLabelSelector(at(spec, 'selector') ?? null, labels);
  return [
    ...(isSelected
      ? []
      : [
          invalidValue(
            `${field}.metadata.labels`,
            labels,
            '`selector` does not match template `labels`',
          ),
        ]),
    ...checkLabels(labels, `${field}.labels`),
    ...checkAnnotations(
      textsOf(objectAt(template, 'metadata', 'annotations')),
      `${field}.annotations`,
    ),
    ...validatePodSpec(at(template, 'spec') ?? null, `${field}.spec`),
    ...(restartPolicy === 'Always' || restartPolicy === ''
      ? []
      : [notSupported(`${field}.spec.restartPolicy`, restartPolicy, ['Always'])]),
    ...(at(template, 'spec', 'activeDeadlineSeconds') === undefined
      ? []
      : [
          forbiddenField(
            `${field}.spec.activeDeadlineSeconds`,
            'activeDeadlineSeconds in ReplicaSet is not Supported',
          ),
        ]),
  ];
}

function textsOf(object: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value]] : [],
    ),
  );
}

const strategies = ['Recreate', 'RollingUpdate'];

function validateStrategy(strategy: Json): readonly Cause[] {
  const field = 'spec.strategy';
  const type = textAt(strategy, 'type');
  const rolling = at(strategy, 'rollingUpdate');
  switch (type) {
    case 'Recreate':
      return rolling === undefined
        ? []
        : [
            forbiddenField(
              `${field}.rollingUpdate`,
              "may not be specified when strategy `type` is 'Recreate'",
            ),
          ];
    case 'RollingUpdate':
      return rolling === undefined
        ? [required(`${field}.rollingUpdate`, 'this should be defaulted and never be nil')]
        : validateRolling(rolling, `${field}.rollingUpdate`);
    default:
      return [notSupported(`${field}.type`, type, strategies)];
  }
}

function validateRolling(rolling: Json, field: string): readonly Cause[] {
  const [unavailable, surge] = [at(rolling, 'maxUnavailable'), at(rolling, 'maxSurge')];
  const isZero = (value: Json | undefined) => value === 0 || value === '0%';
  return [
    ...checkShare(unavailable, `${field}.maxUnavailable`),
    ...checkShare(surge, `${field}.maxSurge`),
    ...(isZero(unavailable) && isZero(surge)
      ? [invalidValue(`${field}.maxUnavailable`, unavailable, 'may not be 0 when `maxSurge` is 0')]
      : []),
    ...(typeof unavailable === 'string' && Number.parseInt(unavailable, 10) > 100
      ? [invalidValue(`${field}.maxUnavailable`, unavailable, 'must not be greater than 100%')]
      : []),
  ];
}

/** A number of pods, or a share of them in percent. */
function checkShare(value: Json | undefined, field: string): readonly Cause[] {
  if (typeof value === 'number') {
    return value < 0 ? [invalidValue(field, value, 'must be greater than or equal to 0')] : [];
  }
  if (typeof value !== 'string' || /^[0-9]+%$/.test(value)) return [];
  return [
    invalidValue(
      field,
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ),
  ];
}

export function keepSelector(object: ApiObject, old: ApiObject): readonly Cause[] {
  const now = at(object, 'spec', 'selector') ?? null;
  return JSON.stringify(now) === JSON.stringify(at(old, 'spec', 'selector') ?? null)
    ? []
    : [invalidValue('spec.selector', now, 'field is immutable')];
}
