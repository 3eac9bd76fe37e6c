/** Namespaces. They end in two steps: `Terminating`, and gone once nothing holds them any more. */
import { objectAt, textAt, textsAt, type ApiObject } from '../api-object.ts';
import { ageColumn, nameColumn, textColumn } from '../columns.ts';
import { checkFinalizer } from '../metadata.ts';
import { partSubresource } from '../part-subresource.ts';
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
  // What the namespace's controller writes when it has emptied the namespace.
  subresources: [partSubresource('finalize', 'Namespace', ['update'])],
  columns: [
    nameColumn,
    textColumn('Status', 'Active, or Terminating while it is emptied.', ['status', 'phase']),
    ageColumn,
  ],
  defaults: withNameLabel,
  prepareForCreate: (namespace) => ({
    ...namespace,
    spec: { finalizers: withKubernetes(textsAt(namespace, 'spec', 'finalizers')) },
    status: { phase: 'Active' },
  }),
  // The finalizers of its spec change only through `finalize`.
  prepareForUpdate: (namespace, old) => ({ ...namespace, spec: old.spec }),
  prepareForDelete: (namespace) => ({
    ...namespace,
    status: { ...objectAt(namespace, 'status'), phase: 'Terminating' },
  }),
  isHeld: (namespace) => textsAt(namespace, 'spec', 'finalizers').length > 0,
  validate: (namespace) =>
    textsAt(namespace, 'spec', 'finalizers').flatMap((finalizer) =>
      checkFinalizer(finalizer, 'spec.finalizers'),
    ),
};

function withKubernetes(finalizers: readonly string[]): readonly string[] {
  return finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'];
}

/** Selectors of namespaces rely on this label: the server sets it. */
function withNameLabel(namespace: ApiObject): ApiObject {
  const { metadata } = namespace;
  if (metadata.name === '') return namespace;
  const labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
  return { ...namespace, metadata: { ...metadata, labels } };
}
