import { ageColumn, nameColumn, textColumn } from '../columns.ts';
import { allVerbs, type Resource } from '../resource.ts';

export const leases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  namespaced: true,
  verbs: allVerbs,
  schema: 'io.k8s.api.coordination.v1.Lease',
  columns: [
    nameColumn,
    textColumn('Holder', 'Who holds it.', ['spec', 'holderIdentity']),
    ageColumn,
  ],
};
