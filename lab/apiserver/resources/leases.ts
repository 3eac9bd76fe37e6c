/** Leases: who holds something, and until when. */
import { at, type ApiObject } from '../api-object.ts';
import { ageColumn, nameColumn, textColumn } from '../columns.ts';
import { invalidValue } from '../field-errors.ts';
import { allVerbs, type Resource } from '../resource.ts';
import type { Cause } from '../status.ts';
import { checkNotNegativeFields } from '../validation/numbers.ts';

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
  isCreatedOnUpdate: true,
  mustBeVersioned: true,
  validate: validateLease,
};

function validateLease(lease: ApiObject): readonly Cause[] {
  const seconds = at(lease, 'spec', 'leaseDurationSeconds');
  return [
    ...(typeof seconds === 'number' && seconds <= 0
      ? [invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]
      : []),
    ...checkNotNegativeFields(at(lease, 'spec'), 'spec', ['leaseTransitions']),
  ];
}
