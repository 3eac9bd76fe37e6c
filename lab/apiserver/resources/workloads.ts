/** Deployments and ReplicaSets. */
import { at, isObject, numberAt, type ApiObject } from '../api-object.ts';
import { ageColumn, column, nameColumn, workloadColumns } from '../columns.ts';
import { invalidValue, required } from '../field-errors.ts';
import { withPodDefaults } from '../pod-defaults.ts';
import { allVerbs, type Column, type Resource } from '../resource.ts';
import type { Cause } from '../status.ts';
import { scaleSubresource } from './scale.ts';

export const deployments: Resource = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  namespaced: true,
  verbs: allVerbs,
  shortNames: ['deploy'],
  categories: ['all'],
  schema: 'io.k8s.api.apps.v1.Deployment',
  hasStatus: true,
  hasGeneration: true,
  subresources: [scaleSubresource],
  columns: [
    nameColumn,
    column(
      'Ready',
      'How many of the wanted pods are ready.',
      (object) =>
        `${numberAt(object, 'status', 'readyReplicas')}/${numberAt(object, 'spec', 'replicas')}`,
    ),
    count('Up-to-date', ['status', 'updatedReplicas']),
    count('Available', ['status', 'availableReplicas']),
    ageColumn,
    ...workloadColumns,
  ],
  defaults: (object) =>
    withSpec(object, {
      replicas: 1,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
      },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    }),
  validate,
  validateUpdate: keepSelector,
};

export const replicaSets: Resource = {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  namespaced: true,
  verbs: allVerbs,
  shortNames: ['rs'],
  categories: ['all'],
  schema: 'io.k8s.api.apps.v1.ReplicaSet',
  hasStatus: true,
  hasGeneration: true,
  subresources: [scaleSubresource],
  selectableFields: {
    'status.replicas': (object) => String(numberAt(object, 'status', 'replicas')),
  },
  columns: [
    nameColumn,
    count('Desired', ['spec', 'replicas']),
    count('Current', ['status', 'replicas']),
    count('Ready', ['status', 'readyReplicas']),
    ageColumn,
    ...workloadColumns,
  ],
  defaults: (object) => withSpec(object, { replicas: 1 }),
  validate,
  validateUpdate: keepSelector,
};

function count(name: string, path: readonly string[]): Column {
  return column(name, `Its ${path.at(-1) ?? ''}.`, (object) => numberAt(object, ...path), {
    type: 'integer',
  });
}

function withSpec(object: ApiObject, defaults: ApiObject['spec']): ApiObject {
  const spec = at(object, 'spec');
  const template = at(spec, 'template');
  return {
    ...object,
    spec: {
      ...(isObject(defaults) ? defaults : {}),
      ...(isObject(spec) ? spec : {}),
      ...(isObject(template) ? { template: withPodDefaults(template) } : {}),
    },
  };
}

function validate(object: ApiObject): readonly Cause[] {
  const wanted = at(object, 'spec', 'selector', 'matchLabels');
  const given = at(object, 'spec', 'template', 'metadata', 'labels');
  const replicas = numberAt(object, 'spec', 'replicas');
  const labels = isObject(given) ? given : {};
  const isMatching = Object.entries(isObject(wanted) ? wanted : {}).every(
    ([key, value]) => labels[key] === value,
  );
  return [
    ...(replicas < 0
      ? [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')]
      : []),
    ...(isObject(at(object, 'spec', 'selector')) ? [] : [required('spec.selector')]),
    ...(isMatching
      ? []
      : [
          invalidValue(
            'spec.template.metadata.labels',
            labels,
            '`selector` does not match template `labels`',
          ),
        ]),
  ];
}

function keepSelector(object: ApiObject, old: ApiObject): readonly Cause[] {
  const now = at(object, 'spec', 'selector') ?? null;
  return JSON.stringify(now) === JSON.stringify(at(old, 'spec', 'selector') ?? null)
    ? []
    : [invalidValue('spec.selector', now, 'field is immutable')];
}
