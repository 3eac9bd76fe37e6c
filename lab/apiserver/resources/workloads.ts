/** Deployments and ReplicaSets. */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { at, isObject, numberAt, objectAt, textAt, type ApiObject } from '../api-object.ts';
import { ageColumn, column, nameColumn, workloadColumns } from '../columns.ts';
import { withPodDefaults } from '../pod-defaults.ts';
import { allVerbs, type Column, type Resource } from '../resource.ts';
import { keepSelector, validateDeployment, validateReplicaSet } from '../validation/workloads.ts';
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
      strategy: strategyOf(object),
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    }),
  prepareForCreate: (object) => ({ ...object, status: {} }),
  validate: validateDeployment,
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
  prepareForCreate: (object) => ({ ...object, status: { replicas: 0 } }),
  validate: validateReplicaSet,
  validateUpdate: keepSelector,
};

function count(name: string, path: readonly string[]): Column {
  return column(name, `Its ${path.at(-1) ?? ''}.`, (object) => numberAt(object, ...path), {
    type: 'integer',
  });
}

function withSpec(object: ApiObject, defaults: JsonObject): ApiObject {
  const spec = objectAt(object, 'spec');
  const template = at(spec, 'template');
  return {
    ...object,
    spec: {
      ...defaults,
      ...spec,
      ...('strategy' in defaults ? { strategy: defaults.strategy } : {}),
      ...(isObject(template) ? { template: withPodDefaults(template) } : {}),
    },
  };
}

/** A quarter of the pods may be missing, and a quarter too many, unless something else is said. */
function strategyOf(object: ApiObject): JsonObject {
  const strategy = objectAt(object, 'spec', 'strategy');
  const type = textAt(strategy, 'type') || 'RollingUpdate';
  if (type !== 'RollingUpdate') return { ...strategy, type };
  const share = { maxUnavailable: '25%', maxSurge: '25%' };
  return { type, rollingUpdate: { ...share, ...objectAt(strategy, 'rollingUpdate') } };
}
