import { textAt, type ApiObject } from '../api-object.ts';
import { ageColumn, nameColumn, textColumn } from '../columns.ts';
import { allVerbs, type Resource } from '../resource.ts';

export const namespaces: Resource = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  namespaced: false,
  verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
  shortNames: ['ns'],
  schema: 'io.k8s.api.core.v1.Namespace',
  hasStatus: true,
  returnsDeleted: true,
  nameFormat: 'label',
  selectableFields: { 'status.phase': (namespace) => textAt(namespace, 'status', 'phase') },
  columns: [
    nameColumn,
    textColumn('Status', 'Active, or Terminating while it is emptied.', ['status', 'phase']),
    ageColumn,
  ],
  defaults: (namespace) => withNameLabel(namespace),
  prepareForUpdate: (namespace, old) => ({ ...namespace, spec: old.spec }),
  prepareForCreate: (namespace) => ({
    ...namespace,
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }),
};

/** Selectors of namespaces rely on this label: the server sets it. */
function withNameLabel(namespace: ApiObject): ApiObject {
  const { metadata } = namespace;
  const labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
  return { ...namespace, metadata: { ...metadata, labels } };
}
